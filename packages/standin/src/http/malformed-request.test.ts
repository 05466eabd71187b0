import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { createHttpStack } from '../../test/http-stack.ts'
import { createHttpServer } from './http-server.ts'

/** Sends raw bytes. @returns everything received until the connection ends */
async function exchange(bytes: string): Promise<{ answer: string; logged: string }> {
  const { ctx, logged } = createHttpStack()
  const server = await createHttpServer(ctx)
  await server.listen({ port: 0, host: '127.0.0.1' })
  try {
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(bytes)
    return { answer: await text(socket), logged: logged() }
  } finally {
    await server.close()
  }
}

test.each([
  ['no HTTP', 's3cr3t\r\n\r\n', 400],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['a request line without an end', `GET /${'s3cr3t'.repeat(4_000)}`, 431],
  ['headers without an end', `GET / HTTP/1.1\r\nhost: a\r\n${'x-s3cr3t: s3cr3t\r\n'.repeat(2_000)}`, 431],
  ['a header with a line break in it', 'GET / HTTP/1.1\r\nhost: a\r\nx: a\r b\r\n\r\n', 400],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}', 400],
  ['a length that is none', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: s3cr3t\r\n\r\n{}', 400],
  [
    'a length and pieces',
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a version that is none', 'GET / HTTP/9.s3cr3t\r\nhost: a\r\n\r\n', 400],
])('%s gets the same few bytes, and the end', async (_title, bytes, status) => {
  const { answer, logged } = await exchange(bytes)
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer.length).toBeLessThan(400)
  expect(answer + logged).not.toContain('s3cr3t')
})
