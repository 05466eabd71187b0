import { randomBytes } from 'node:crypto'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** `0oa` and 17 characters, as the documented sample has it. */
export function newClientId(): string {
  return `0oa${randomText(17)}`
}

/** 43 characters, as the documented sample has it. */
export function newClientSecret(): string {
  return randomText(43)
}

export function newTokenId(): string {
  return `AT.${randomText(43)}`
}

function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('')
}
