/** The body was larger than allowed, or not UTF-8. Does not hold the body, which may contain a secret. */
class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody'
}

/** Reads a response's text up to `maxBytes`: an endless answer must not fill the memory. @throws UnreadableBody */
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
