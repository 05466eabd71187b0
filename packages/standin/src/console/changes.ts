import { z } from 'zod'
import { removeGrant } from '../access/change-grants.ts'
import { revokeKey } from '../access/change-keys.ts'
import { consoleOperator as actor } from '../access/console-sessions.ts'
import { retryRunAsOperator } from '../actions/start-run.ts'
import { releaseHeldCallback } from '../callbacks/held/release-held-callback.ts'
import { makeDeliveryDue } from '../deliveries/resend-delivery.ts'
import { decisions, eraseNow, undoings } from '../operator/installations-decide.ts'
import { findRunKey } from '../operator/run-key.ts'
import { cancelRun } from '../runs/cancel-run.ts'
import type { ConsoleContext } from './console-context.ts'

/** A change that the console can make, by the same rule as the command. */
export interface Change {
  button: string
  /** What happens, before it does. */
  means: string
  /** Whether it cannot be undone. */
  isEnd?: boolean
  /** The page that it is made from. */
  from: '/console/accounts' | '/console/callbacks' | '/console/services'
  /** The same as a command. @param on the object of the change, as the form names it */
  command: (on: string) => string
  /** @returns a sentence that says what was done */
  make: (ctx: ConsoleContext, on: string) => Promise<string>
}

const guid = z.guid()
const accountAndGeneration = z
  .string()
  .regex(/^\S+ \d{1,9}$/)
  .transform((text) => text.split(' '))
  .transform(([accountId, generation]) => ({ accountId: guid.parse(accountId), generation: Number(generation) }))

/** On an account and one generation of its credentials. */
function decision(name: keyof typeof decisions, button: string, means: string): Change {
  return {
    button,
    means,
    from: '/console/accounts',
    command: (on) => `installations ${name} ${on}`,
    make: async (ctx, on) => decisions[name].decide(ctx, { ...accountAndGeneration.parse(on), actor }),
  }
}

/** On an account, whichever generation the form names. */
function ofAccount(
  name: string,
  said: Pick<Change, 'button' | 'means' | 'isEnd'>,
  decide: (ctx: ConsoleContext, of: { accountId: string; actor: typeof actor }) => Promise<string>,
): Change {
  return {
    ...said,
    from: '/console/accounts',
    command: (on) => `installations ${name} ${on.split(' ')[0]}${said.isEnd ? ' --yes' : ''}`,
    make: (ctx, on) => decide(ctx, { accountId: guid.parse(on.split(' ')[0]), actor }),
  }
}

/** Everything that a session opened with `--write` can do. Nothing else changes anything. */
export const changes = {
  approve: decision(
    'approve',
    'Approve',
    'The credentials that wait come into force, and replace those that serve now.',
  ),
  refuse: decision('refuse', 'Refuse', 'The credentials that wait are refused and kept. Those in force stay.'),
  release: decision('release', 'Release', 'The credentials leave quarantine and are proven like new ones.'),
  rollback: decision(
    'rollback',
    'Roll back',
    'These credentials are proven again, as a new generation. Those in force serve until then.',
  ),
  try: ofAccount('try', { button: 'Try now', means: undoings.try.description }, undoings.try.decide),
  pause: ofAccount('pause', { button: 'Pause', means: undoings.pause.description }, undoings.pause.decide),
  resume: ofAccount('resume', { button: 'Resume', means: undoings.resume.description }, undoings.resume.decide),
  restore: ofAccount('restore', { button: 'Restore', means: undoings.restore.description }, undoings.restore.decide),
  dismiss: ofAccount(
    'dismiss',
    { button: 'Dismiss uninstall', means: undoings.dismiss.description },
    undoings.dismiss.decide,
  ),
  erase: ofAccount(
    'erase',
    {
      button: 'Erase',
      isEnd: true,
      means:
        'Secrets, tokens and results are erased, and runs end. The secrets cannot be restored; the account can install the app again.',
    },
    eraseNow,
  ),
  'release-callback': {
    button: 'Release',
    means:
      'It takes effect although it broke a rule: you confirm that it was meant for this app and account. Its credentials are proven like any others.',
    from: '/console/callbacks',
    command: (on) => `callbacks release ${on}`,
    async make(ctx, on) {
      const { status, accountId } = await releaseHeldCallback(ctx, { id: guid.parse(on), actor })
      return `The callback of ${accountId} is applied: ${status}.`
    },
  },
  'revoke-key': {
    button: 'Revoke',
    isEnd: true,
    means: 'Every server stops accepting the key within a second. It cannot be restored.',
    from: '/console/services',
    command: (on) => `keys revoke ${on} --yes`,
    async make(ctx, on) {
      await revokeKey(ctx, { id: on, actor })
      return `Key ${on} is revoked.`
    },
  },
  'remove-grant': {
    button: 'Remove',
    isEnd: true,
    means: 'Every server stops honouring the grant within a second.',
    from: '/console/services',
    command: (on) => `grants remove --service ${on.split(' ')[0]} --account ${on.split(' ')[1]} --yes`,
    async make(ctx, on) {
      const [service = '', accountId = ''] = on.split(' ')
      await removeGrant(ctx, { service, accountId, actor })
      return `${service} has no grant on ${accountId} any more.`
    },
  },
  'cancel-run': {
    button: 'Stop',
    isEnd: true,
    means: 'The run stops, at once or at its next checkpoint. What it has not done yet is not done.',
    from: '/console/accounts',
    command: (on) => `runs cancel ${on} --yes`,
    async make(ctx, on) {
      const row = await cancelRun(ctx, { run: await findRunKey(ctx, guid.parse(on)), actor })
      return row.endedAt ? `Run ${on} is cancelled.` : `Run ${on} stops at its next checkpoint.`
    },
  },
  'retry-run': {
    button: 'Run again',
    means: 'A new run starts with the same input. Changes that this one made are not made again.',
    from: '/console/accounts',
    command: (on) => `runs retry ${on}`,
    async make(ctx, on) {
      const row = await retryRunAsOperator(ctx, { run: await findRunKey(ctx, guid.parse(on)), actor })
      return `Run ${row.id} repeats run ${on}.`
    },
  },
  'retry-delivery': {
    button: 'Send again',
    means: 'The result is sent once more to the same receiver.',
    from: '/console/accounts',
    command: (on) => `deliveries retry ${on}`,
    async make(ctx, on) {
      const run = await findRunKey(ctx, guid.parse(on.split('/')[0]))
      const { state } = await makeDeliveryDue(ctx, { run, deliveryId: on, actor })
      return `Delivery ${on} is ${state}.`
    },
  },
} as const satisfies Record<string, Change>

export type ChangeName = keyof typeof changes

export const isChange = (name: string): name is ChangeName => Object.hasOwn(changes, name)

/** The most that one form decides about. */
export const mostAtOnce = 200
