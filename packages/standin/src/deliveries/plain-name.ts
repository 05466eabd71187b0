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
