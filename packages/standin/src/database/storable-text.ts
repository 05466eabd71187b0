/** A text cut to a length, without what PostgreSQL refuses: NUL, and the half of a character that a cut can leave. */
export const storableText = (text: string, mostLength: number): string =>
  text.replaceAll('\0', '').slice(0, mostLength).toWellFormed()
