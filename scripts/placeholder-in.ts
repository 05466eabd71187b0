/** Names that nobody can register (RFC 2606). */
const reserved = /\.(example|invalid|test|localhost)$/

/**
 * A package tells its users where its sources are. Until a real address is known, ours is under a reserved name: a guessed
 * address on a public host could belong to a stranger, or be registered by one.
 * @param rootPackage the text of the root's package.json
 * @returns why nothing may be published, and which line to change; undefined if the address is a real one
 */
export function placeholderIn(rootPackage: string): string | undefined {
  const url: string = JSON.parse(rootPackage).repository?.url ?? ''
  const host = URL.parse(url.replace(/^git\+/, ''))?.hostname ?? ''
  if (host !== '' && !reserved.test(host)) return undefined
  const line = rootPackage.split('\n').findIndex((each) => each.includes('"url":')) + 1
  return (
    `Nothing is published: "repository" is a placeholder. In package.json, line ${line}, replace ${url || 'nothing'} with the ` +
    `address of your repository, then write the same address into each packages/*/package.json.`
  )
}
