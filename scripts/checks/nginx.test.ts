import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, maxHeaderSize, type RequestListener } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, root, until } from '../part.ts'
import { makeCertificate } from '../staging/certificate.ts'

// The real nginx with deploy/nginx.conf, where a system has it; elsewhere deploy.test.ts reads that file.
const hasNginx = spawnSync('nginx', ['-v'], { env: systemPath() }).status === 0
function systemPath() {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
}

/** nginx in front of two replicas that both answer like this. */
async function startNginx(replica: RequestListener) {
  const folder = mkdtempSync(join(tmpdir(), 'standin-nginx-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const replicas = await Promise.all(
    [1, 2].map(async () => {
      const server = createServer(replica).listen(0, '127.0.0.1')
      onTestFinished(() => void server.close().closeAllConnections())
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    }),
  )
  const { caFile, cert } = await makeCertificate(folder)
  const port = await freePort()
  const ours = readFileSync(join(root, 'deploy/nginx.conf'), 'utf8')
    .replace(/10\.0\.0\.1(\d):4000/g, (_, which) => `127.0.0.1:${replicas[which - 1]}`)
    .replace('listen 443 ', `listen 127.0.0.1:${port} `)
    .replace(/ssl_certificate .*;/, `ssl_certificate ${caFile};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${join(folder, 'certificate-key.pem')};`)
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder};`)
  const settings = join(folder, 'nginx.conf')
  writeFileSync(
    settings,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log info; events {}
     http { ${folders.join(' ')} ${ours} }`,
  )
  const proxy = spawn('nginx', ['-e', join(folder, 'error.log'), '-c', settings], { env: systemPath() })
  let said = ''
  proxy.stderr.on('data', (piece) => (said += piece))
  const ended = once(proxy, 'exit')
  onTestFinished(async () => {
    proxy.kill()
    await ended
  })
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers,
      ca: cert,
      checkServerIdentity: () => undefined,
    })
    const [response] = await once(asked.end(method === 'POST' ? '{}' : undefined), 'response')
    return response
  }
  const isUp = () =>
    ask('/up').then(
      ({ statusCode }) => statusCode === 200,
      () => false,
    )
  await until(`nginx ${said}`, async () => proxy.exitCode !== null || isUp(), { timeoutMs: 60_000 })
  if (proxy.exitCode !== null) throw new Error(said)
  return ask
}

test.skipIf(!hasNginx)('nginx passes on long headers and streams, and no address that a caller made up', async () => {
  const isRead = Promise.withResolvers<void>()
  const ask = await startNginx(async ({ url, headers }, response) => {
    if (url !== '/stream') return void response.end(JSON.stringify(headers))
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n')
    await isRead.promise
    response.end('data: last\n\n')
  })
  const long = 'x'.repeat(maxHeaderSize - 1_000)
  const answer = await ask('/long', { 'x-forwarded-for': '203.0.113.7', 'x-long': long })
  expect(JSON.parse(await text(answer))).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-long': long,
  })
  const stream = await ask('/stream', { 'accept-encoding': 'gzip' })
  const [first] = await once(stream, 'data')
  expect(String(first)).toBe('data: first\n\n') // Before the rest exists.
  isRead.resolve()
  expect(await text(stream)).toBe('data: last\n\n')
})

test.skipIf(!hasNginx).each([
  { path: '/trackunit/callback/secret', first: 'dies', status: 200, times: 2 },
  { path: '/trackunit/callback/secret', first: 'refuses', status: 200, times: 2 },
  { path: '/v1/token', first: 'dies', status: 200, times: 2 },
  { path: '/trpc/run.start', first: 'dies', status: 502, times: 1 },
])('a POST to $path, where one replica $first, comes $times times', async ({ path, first, status, times }) => {
  let received = 0
  const ask = await startNginx((asked, response) => {
    const isFirst = asked.method === 'POST' && ++received === 1
    if (isFirst && first === 'dies') asked.socket.destroy()
    else response.writeHead(isFirst ? 503 : 200).end()
  })
  const answer = await ask(path, {}, 'POST')
  answer.resume()
  expect(answer.statusCode).toBe(status)
  expect(received).toBe(times)
})

test.skipIf(!hasNginx)('callbacks that all replicas refuse keep nobody from the rest', async () => {
  const ask = await startNginx(({ url }, response) =>
    response.writeHead(url?.startsWith('/trackunit/') ? 503 : 200, { 'retry-after': '5' }).end(),
  )
  for (const [path, method, status] of [
    ['/trackunit/callback/secret', 'POST', 503],
    ['/trackunit/callback/secret', 'POST', 503],
    ['/v1/token', 'POST', 200],
    ['/', 'GET', 200],
  ] as const) {
    const answer = await ask(path, {}, method)
    answer.resume()
    expect({ path, status: answer.statusCode }).toEqual({ path, status })
  }
})
