import { createHash } from 'node:crypto'
import type { Position } from '../accounts/credential-order.ts'

/** At the same moment an UNINSTALLED comes after an INSTALLED; equals are ordered by a hash of their content. */
export function callbackPosition(kind: 'INSTALLED' | 'UNINSTALLED', issuedAt: Date, contentDigest: string): Position {
  return { issuedAt, tieBreak: `${kind === 'UNINSTALLED' ? '1' : '0'}${contentDigest}` }
}

/** Recognises the same content, whichever JWT it comes under. @returns base64url of the SHA-256 */
export function contentDigest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
