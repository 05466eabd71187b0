/** An array in PostgreSQL's text form: the driver does not fetch types (`connectionOptions`), so arrays are sent as text. */
export function arrayText(values: readonly unknown[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`
}
