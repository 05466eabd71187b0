/** Counts the statements that a client of PostgreSQL sends on one connection. @see PostgreSQL's "Message Formats" */
export function createStatementCounter(count: () => void): (chunk: Buffer) => void {
  let left = Buffer.alloc(0)
  let isStarted = false
  return (chunk) => {
    left = Buffer.concat([left, chunk])
    for (;;) {
      const typeBytes = isStarted ? 1 : 0 // The first message has no type.
      if (left.length < typeBytes + 4) return
      const end = typeBytes + left.readUInt32BE(typeBytes)
      if (left.length < end) return
      const type = String.fromCharCode(left[0] ?? 0)
      if (isStarted && (type === 'E' || type === 'Q')) count() // Execute and Query.
      isStarted = true
      left = left.subarray(end)
    }
  }
}
