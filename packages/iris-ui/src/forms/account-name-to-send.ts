/** The account's name as the server takes it: one line of at most 120 characters; undefined if Manager gives none. */
export function accountNameToSend(name: string | undefined): string | undefined {
  const line = (name ?? '')
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  return line.slice(0, 120).toWellFormed() || undefined
}
