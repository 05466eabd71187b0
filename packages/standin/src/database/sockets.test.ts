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

test('after its end a pool leaves no connection open, made or in the making', async () => {
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

test('a connection that the driver makes after the end does not keep the process', async () => {
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

test('a connection on which nothing arrives is ended, also where the database cannot be told to', async () => {
  const { server, port, url } = await listenSilently()
  const { options, end } = createSockets(url, { heardEveryMs: 20 })
  const silent = (options as { socket: (address: object) => Socket }).socket({ host: ['127.0.0.1'], port: [port] })

  await once(silent, 'close')
  end()
  server.close()
})
