/**
 * A text cut to a length, without what PostgreSQL refuses: NUL, and half a character. Halves are replaced before NUL goes, so
 * that those on both sides of one do not become a character that nobody wrote, and once more where the cut left one.
 */
export const storableText = (text: string, mostLength: number): string =>
  text.toWellFormed().replaceAll('\0', '').slice(0, mostLength).toWellFormed()
