import { accountIdSchema } from '@standin/contracts'
import { Argument, type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { accountNameSchema } from '../accounts/names/account-name.ts'

// Each parses what the operator typed, and throws an error that commander shows with the usage.

export function accountId(text: string): string {
  const { data } = accountIdSchema.safeParse(text)
  if (data === undefined) throw new InvalidArgumentError('an account id is a GUID')
  return data
}

export const accountOrAll = (text: string): string => (text === 'all' ? text : accountId(text))

export function generationNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a generation is a number from 1')
  return Number(text)
}

export const accountArgument = () => new Argument('<account>', "the account's id").argParser(accountId)
export const generationArgument = () =>
  new Argument('<generation>', 'the number of the credentials').argParser(generationNumber)

export function searchText(text: string): string {
  const wanted = text.trim()
  if (wanted === '' || wanted.length > 100) throw new InvalidArgumentError('1 to 100 characters')
  return wanted
}

/** What the operator calls an account, in the form in which it is stored. */
export function accountName(text: string): string {
  const { data } = accountNameSchema.safeParse(text)
  if (data === undefined) throw new InvalidArgumentError('one line of 1 to 80 visible characters')
  return data
}

export function serviceName(text: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,59}$/i.test(text))
    throw new InvalidArgumentError('letters, digits, dots and hyphens, at most 60')
  return text
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

export function heldId(text: string): string {
  if (!z.guid().safeParse(text).success) throw new InvalidArgumentError('an id from "callbacks held"')
  return text.toLowerCase()
}

export function sessionId(text: string): string {
  if (!z.guid().safeParse(text).success) throw new InvalidArgumentError('an id from "console sessions"')
  return text.toLowerCase()
}

export function runId(text: string): string {
  if (!z.guid().safeParse(text).success) throw new InvalidArgumentError('an id from "runs list"')
  return text.toLowerCase()
}

export function deliveryId(text: string): string {
  const [run = '', position = '', ...rest] = text.split('/')
  if (!z.guid().safeParse(run).success || !/^\d{1,6}$/.test(position) || rest.length > 0)
    throw new InvalidArgumentError('an id from "deliveries list"')
  return text.toLowerCase()
}

function moment(text: string): Date {
  const { success } = z.iso.datetime({ offset: true }).safeParse(text)
  if (!success) throw new InvalidArgumentError('a time such as 2026-11-01T00:00:00Z')
  return new Date(text)
}

export interface Period {
  from?: Date
  to?: Date
}

export const inPeriod = (command: Command): Command =>
  command
    .option('--from <time>', 'not before this moment, such as 2026-11-01T00:00:00Z', moment)
    .option('--to <time>', 'not after this moment', moment)

/** @param most the largest number allowed */
export const numberUpTo =
  (most: number, least = 1) =>
  (text: string) => {
    const number = Number(text)
    if (text.trim() === '' || !Number.isInteger(number) || number < least || number > most)
      throw new InvalidArgumentError(`${least} to ${most}`)
    return number
  }

export const days = numberUpTo(3_650)
export const overlapHours = numberUpTo(24 * 90, 0)
/** The most rows that a list prints. */
export const mostListed = 1_000
export const limitNumber = numberUpTo(mostListed)
