/**
 * What separates the cells of a CSV file for a reader, so that their spreadsheet opens it as a table: a semicolon where
 * decimals have a comma, as in Danish, and a comma elsewhere.
 * @param language a BCP 47 tag; null or missing is English
 */
export function csvSeparator(language: string | null | undefined): ',' | ';' {
  return decimalMark(language) === ',' ? ';' : ','
}

/** What stands before the decimals of a number. */
export function decimalMark(language: string | null | undefined): string {
  const parts = new Intl.NumberFormat(language ?? 'en').formatToParts(1.5)
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.'
}
