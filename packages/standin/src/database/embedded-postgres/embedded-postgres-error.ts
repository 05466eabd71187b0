/** Why the embedded PostgreSQL cannot be used, and what to do, in one line. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'

  constructor(whatToDo: string, options?: ErrorOptions) {
    super(`${onOneLine(whatToDo)}, or set DATABASE_URL to a PostgreSQL of your own.`, options)
  }
}

function onOneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}
