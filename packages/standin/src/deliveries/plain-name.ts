/**
 * A name for an email to someone outside the account: people choose their own names, and one such as `Win a prize at evil.example` must
 * not become a link there.
 * @returns undefined if nothing is left of it
 */
export function plainName(name: string | null): string | undefined {
  const plain = (name ?? '')
    .replaceAll(/[^\p{L}\p{M} '’-]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 60)
    .trim()
  return plain || undefined
}

/**
 * A name for an email to those who get results: it reads the same, but mail programs, which make links of words such as
 * `evil.example`, find none in it.
 */
export const withoutLinks = (name: string): string =>
  name.replaceAll(/(?<=[\p{L}\p{N}])[.:@](?=[\p{L}/])/gu, '$&\u200B')
