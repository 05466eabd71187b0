import type { Socket } from 'node:net'

/** By the error code of Node's parser; any other code is a bad request. */
const answers: Readonly<Record<string, { status: string; reason: string }>> = {
  HPE_HEADER_OVERFLOW: { status: '431 Request Header Fields Too Large', reason: 'INPUT_TOO_LARGE' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', reason: 'INPUT_INVALID' },
}
const malformed = { status: '400 Bad Request', reason: 'INPUT_INVALID' }

/** Answers bytes that are not a complete HTTP request, without repeating any of them, and closes the connection. */
export function answerMalformedRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, reason } = answers[error.code ?? ''] ?? malformed
  const body = JSON.stringify({ type: 'about:blank', title: reason, status: Number.parseInt(status, 10), reason })
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
