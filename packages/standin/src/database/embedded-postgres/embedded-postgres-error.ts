/** Why the embedded PostgreSQL cannot be used, in one line that says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'

  constructor(whatToDo: string, options?: ErrorOptions) {
    super(`${onOneLine(whatToDo)}, or set DATABASE_URL to a PostgreSQL of your own.`, options)
  }
}

function onOneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}
