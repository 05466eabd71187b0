import { isStorable, notStorable } from '@standin/contracts'
import { z } from 'zod'
import { StandinError } from '../standin-error.ts'

/** Far above any input of a procedure or an action. `JSON.parse` accepts any depth, but code that uses the value may not. */
const maxDepth = 32
const maxEntries = 1_000

/**
 * JSON from outside: well-formed UTF-8, and a value that passes `checkJson`.
 * @throws StandinError `INPUT_INVALID` if it is not JSON in UTF-8
 * @throws ZodError naming the field
 */
export function parseJson(body: Uint8Array | string, limits?: { lenient?: boolean }): unknown {
  return checkJson(readJson(body), limits)
}

function readJson(body: Uint8Array | string): unknown {
  const text = typeof body === 'string' ? body : decodeText(body)
  try {
    return JSON.parse(text)
  } catch {
    throw new StandinError('INPUT_INVALID', { detail: 'The body is not JSON.' })
  }
}

/** @throws StandinError `INPUT_INVALID` if the bytes are not UTF-8: other decoders would replace some of them */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new StandinError('INPUT_INVALID', { detail: 'The body is not UTF-8.' })
  }
}

/** @throws StandinError `INPUT_INVALID` for a query that is not UTF-8: `URLSearchParams` would replace it */
export function checkQuery(url: string): void {
  try {
    decodeURIComponent(url.slice(url.indexOf('?') + 1))
  } catch {
    throw new StandinError('INPUT_INVALID', { detail: 'The query is not UTF-8.' })
  }
}

/**
 * Refuses what no schema should have to check: unbounded nesting and lists, numbers that overflow, text that cannot be stored,
 * keys that reach a prototype. For opaque values, such as the input of an action, this is the only check.
 * @param lenient accepts any text and number, for JSON of which only fields that are checked later are kept
 * @returns the value
 * @throws ZodError naming the field
 */
export function checkJson(value: unknown, { lenient = false } = {}): unknown {
  visit(value, [], lenient)
  return value
}

function visit(value: unknown, path: readonly string[], lenient: boolean): void {
  if (typeof value === 'string' && !lenient && !isStorable(value)) refuse(path, notStorable)
  if (typeof value === 'number' && !lenient && !Number.isFinite(value))
    refuse(path, 'must be a number that can be represented')
  if (typeof value !== 'object' || value === null) return
  if (path.length === maxDepth) refuse(path, `must not be nested deeper than ${maxDepth} levels`)
  const entries = Object.entries(value)
  if (entries.length > maxEntries) refuse(path, `must not have more than ${maxEntries} entries`)
  for (const [key, each] of entries) {
    if (!lenient && !isStorable(key)) refuse(path, `each key ${notStorable}`)
    if (reachesPrototype(key, each)) refuse(path, 'must not have this key')
    visit(each, [...path, key], lenient)
  }
}

const reachesPrototype = (key: string, value: unknown) =>
  key === '__proto__' || (key === 'constructor' && Object(value) === value)

function refuse(path: readonly string[], message: string): never {
  throw new z.ZodRealError([{ code: 'custom', path: [...path], message, input: undefined }])
}
