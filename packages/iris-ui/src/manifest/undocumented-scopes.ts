import type { StandinApp } from '@standin/contracts'

/** Scopes that the app asks for and Trackunit does not document: new or misspelt ones. */
export function undocumentedScopes({ scopes }: StandinApp, documented: Record<string, unknown>): string[] {
  return scopes.map(({ scope }) => scope).filter((scope) => !Object.hasOwn(documented, scope))
}
