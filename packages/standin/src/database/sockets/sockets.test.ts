import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createSockets } from './sockets.ts'

/** A database that takes every connection and says nothing. */
async function listenSilently() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { server, port, url: `postgres://127.0.0.1:${port}/standin` }
}

test('an ended pool leaves no connection open, established or not', async () => {
  const { server, port, url } = await listenSilently()
  const { options, end } = createSockets(url, { heardEveryMs: 60_000 })
  const open = () => (options as { socket: (address: object) => Socket }).socket({ host: ['127.0.0.1'], port: [port] })
  const idle = open()
  await once(idle, 'connect')
  const connecting = open()

  end()
  expect([idle.destroyed, connecting.destroyed]).toEqual([true, true])
  server.close()
})

test('a connection that the driver opens after the end does not keep the process alive', async () => {
  const { server, port, url } = await listenSilently()
  const late = `
    import { createSockets } from ${JSON.stringify(import.meta.resolve('./sockets.ts'))}
    const { options, end } = createSockets('${url}', { heardEveryMs: 60_000 })
    end()
    options.socket({ host: ['127.0.0.1'], port: [${port}] })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', late], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([0, null])
  server.close()
})

test('a silent connection is closed, even if the database cannot be reached', async () => {
  const { server, port, url } = await listenSilently()
  const { options, end } = createSockets(url, { heardEveryMs: 20 })
  const silent = (options as { socket: (address: object) => Socket }).socket({ host: ['127.0.0.1'], port: [port] })

  await once(silent, 'close')
  end()
  server.close()
})
