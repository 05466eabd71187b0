/** Rows as CSV that a spreadsheet opens as text: quoted where needed, and without cells that would be formulas. */
export function csvOf(rows: readonly (readonly string[])[], separator: string): string {
  // The mark lets a spreadsheet read it as UTF-8.
  return `\uFEFF${rows.map((row) => row.map((value) => cell(value, separator)).join(separator)).join('\r\n')}\r\n`
}

function cell(value: string, separator: string): string {
  const harmless = /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value
  return /["\r\n]/.test(harmless) || harmless.includes(separator) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
