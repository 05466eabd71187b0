import type { KeyRing } from '../config/key-ring.ts'
import type { KeyReader } from './key-reader-store.ts'

/** The encryption keys in this process's ring, those of all running replicas, and those that rows need. */
export interface KeyUse {
  ring: KeyRing
  readers: readonly KeyReader[]
  /** How many values need each key; the empty string stands for values that name none. */
  rows: ReadonlyMap<string, number>
}

/** Every key that is used anywhere, those of this ring first. */
export function knownKeys({ ring, readers, rows }: KeyUse): string[] {
  const named = [...ring.map(({ kid }) => kid), ...readers.flatMap(({ reads }) => reads), ...rows.keys()]
  return [...new Set(named)].filter((kid) => kid !== '')
}

/** Why a key must not write yet: running replicas could not open what it wrote. */
export function objectionsToWriting({ readers }: KeyUse, kid: string): string[] {
  const lacking = readers.filter(({ reads }) => !reads.includes(kid)).length
  return lacking === 0
    ? []
    : [`${lacking} of ${readers.length} running replicas lack the key "${kid}": deploy it to all of them first.`]
}

/** Why a key must not be removed yet, each reason with its count. */
export function objectionsToRetiring({ ring, readers, rows }: KeyUse, kid: string): string[] {
  const needing = rows.get(kid) ?? 0
  const writing = readers.filter(({ writes }) => writes === kid).length
  const others = [...rows.keys()].filter((other) => other !== kid && other !== '')
  const unable = readers.filter(({ reads }) => others.some((other) => !reads.includes(other))).length
  return [
    needing > 0 && `${needing} sealed values still need the key "${kid}": run "encryption-keys reencrypt".`,
    writing > 0 && `${writing} of ${readers.length} running replicas still write with the key "${kid}".`,
    ring[0].kid === kid && `The key "${kid}" is the first of STANDIN_ENCRYPTION_KEYS, the one that writes.`,
    unable > 0 && `${unable} of ${readers.length} running replicas lack a key that sealed values need.`,
  ].filter((objection) => objection !== false)
}
