import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

/**
 * A mail server that delivers nothing: each mail becomes a file in the folder.
 * @returns a function that ends it
 */
export async function startMailCatcher(folder: string, { port }: { port: number }): Promise<() => Promise<void>> {
  mkdirSync(folder, { recursive: true })
  let count = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    async onData(stream, _session, done) {
      writeFileSync(join(folder, `${Date.now()}-${++count}.eml`), await text(stream))
      done()
    },
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return () => new Promise((done) => server.close(() => done()))
}
