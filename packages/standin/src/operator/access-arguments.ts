import { accountIdSchema } from '@standin/contracts'
import { InvalidArgumentError } from 'commander'

const longestDays = 3_650

/** How the operator writes what keys and grants are about. Each throws for what is not of its form. */
export function serviceName(text: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,59}$/i.test(text))
    throw new InvalidArgumentError('letters, digits, dots and hyphens, at most 60')
  return text
}

export function accountOrAll(text: string): string {
  if (text === 'all') return text
  const parsed = accountIdSchema.safeParse(text)
  if (!parsed.success) throw new InvalidArgumentError('an account id (a GUID), or all')
  return parsed.data
}

export function scopeList(text: string): string[] {
  const scopes = text.split(/\s+/).filter(Boolean)
  if (scopes.length === 0) throw new InvalidArgumentError('at least one scope')
  return scopes
}

export function keyId(text: string): string {
  if (!/^[0-9a-f]{12}$/.test(text)) throw new InvalidArgumentError('the 12 digits after sk_standin_')
  return text
}

export function days(text: string): number {
  return numberUpTo(text, { least: 1, most: longestDays })
}

export function overlapHours(text: string): number {
  return numberUpTo(text, { least: 0, most: 24 * 90 })
}

function numberUpTo(text: string, { least, most }: { least: number; most: number }): number {
  const number = Number(text)
  if (text.trim() === '' || !Number.isInteger(number) || number < least || number > most)
    throw new InvalidArgumentError(`${least} to ${most}`)
  return number
}
