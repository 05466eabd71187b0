import type { CallbackStatus } from '@standin/contracts'
import { codeOf, createGroupWriter } from '../database/group-writer.ts'
import { toRefusal } from '../refusal.ts'
import { type Beside, createTakeTogether, type Outcome, type TakingParts } from './apply-together.ts'
import type { BelievedCallback } from './verified-callback.ts'

export type TakeCallback = (believed: BelievedCallback, beside?: Beside) => Promise<CallbackStatus>

/** Of one transaction. */
const mostTogether = 100
/** An account that is locked for longer is waited for apart, where it holds up no other. */
const patienceMs = 250

/**
 * Takes callbacks: one transaction is under way, and what arrives meanwhile goes into the next one. When the promise of
 * one resolves, it is on disk. Those of a group that fails are taken one by one, so that none costs another.
 * @throws StandinError `RATE_LIMITED` or `OVERLOADED` where one JWT, or all together, brought too much
 */
export function createTakeCallback(parts: TakingParts): TakeCallback {
  const takeTogether = createTakeTogether(parts)
  async function takeAlone(believed: BelievedCallback, beside?: Beside): Promise<Outcome> {
    const [outcome] = await takeTogether([believed], { beside })
    if (!outcome) throw new Error('each callback has an outcome')
    return outcome
  }
  const takeInGroup = createGroupWriter<BelievedCallback, Outcome>({
    write: (group) => takeTogether(group, { patienceMs }),
    apart: { write: takeAlone, mayHelp: (error) => !isOutage(error) },
    maxRows: mostTogether,
  })
  return async (believed, beside) => {
    const isAlone = beside !== undefined || endsInstallation(believed)
    const outcome = await (isAlone ? takeAlone(believed, beside) : takeInGroup(believed))
    if ('refused' in outcome) throw outcome.refused
    return outcome.status
  }
}

/** What every part keeps of the account is erased with it: that may take long. */
const endsInstallation = ({ callback, bound }: BelievedCallback) => callback.kind === 'UNINSTALLED' && bound

/** It would fail for each alike. What only lost against another transaction is no such thing. */
const isOutage = (error: unknown) => toRefusal(error).reason === 'STORAGE_UNAVAILABLE' && !/^40/.test(codeOf(error))
