/** The body was larger than allowed, or no UTF-8. Without the body: it may hold a secret. */
class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody'
}

/** Reads a response's text, at most `maxBytes` of it: an endless answer must not fill the memory. @throws UnreadableBody */
export async function readBounded(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return ''
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of response.body) {
    bytes += piece.byteLength
    if (bytes > maxBytes) throw new UnreadableBody() // Leaving the loop cancels the stream.
    pieces.push(piece)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))
  } catch {
    throw new UnreadableBody()
  }
}
