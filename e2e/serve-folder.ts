import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

export interface ServedFolder extends AsyncDisposable {
  /** Every path that was requested. */
  served: readonly string[]
}

/** Serves a folder like a host of apps: compressed, under a content security policy, readable from any origin, even "null". */
export async function serveFolder(
  folder: string,
  { port, policy, write = (text) => text }: { port: number; policy: string; write?: (text: string) => string },
): Promise<ServedFolder> {
  const served: string[] = []
  const compressed = new Map<string, Buffer>()
  const content = (file: string) => write(readFileSync(file, 'utf8'))
  function small(file: string): Buffer {
    const kept = compressed.get(file)
    if (kept) return kept
    const body = brotliCompressSync(content(file))
    compressed.set(file, body)
    return body
  }
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const file = join(folder, path)
    const found = existsSync(file) && statSync(file).isFile() ? file : join(folder, 'index.html')
    served.push(path)
    const takesBrotli = request.headers['accept-encoding']?.includes('br') === true
    response.writeHead(200, {
      'content-type': `${types[extname(found)] ?? 'text/plain'}; charset=utf-8`,
      'content-security-policy': policy,
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
      // The names of assets change with their content.
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(takesBrotli && { 'content-encoding': 'br' }),
    })
    response.end(takesBrotli ? small(found) : content(found))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    served,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
