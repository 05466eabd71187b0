import { readFileSync } from 'node:fs'

/** The text of a file, or undefined if there is none to read. */
export const contentOf = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
