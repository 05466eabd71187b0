/** An array as PostgreSQL writes one: the driver's own look at the types is off (`connectionOptions`), so arrays go as text. */
export function arrayText(values: readonly unknown[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`
}
