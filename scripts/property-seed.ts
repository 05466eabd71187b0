import { execFileSync } from 'node:child_process'

declare module 'vitest' {
  interface ProvidedContext {
    propertySeed: number
  }
}

/**
 * The seed of every property. It comes from the commit, so that the tests of a commit are the same everywhere, and each
 * commit tries inputs that no other has tried. `PROPERTY_SEED=random` or a whole number decides otherwise.
 */
export function propertySeed(asked: string | undefined = process.env.PROPERTY_SEED): number {
  if (asked === 'random') return Math.floor(Math.random() * 2 ** 31)
  if (asked !== undefined) return Number.parseInt(asked, 10)
  return Number.parseInt(commit().slice(0, 7), 16)
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' })
  } catch {
    return '0000001' // Sources without their history.
  }
}
