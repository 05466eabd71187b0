import { procedures } from '@standin/contracts'

/**
 * Procedures that cost the server more than a lookup, in units of about a fiftieth of a millisecond. The others count only as
 * calls.
 */
export const workOf: Readonly<Record<string, number>> = {
  'schedule.preview': 20,
  'schedule.create': 20,
  'schedule.update': 20,
  'schedule.resume': 20,
  'run.start': 5,
  'run.retry': 5,
  'run.result': 5,
  'filter.choices': 10,
  'audit.list': 10,
  'installation.list': 10,
  'artifact.link': 2,
  'receiver.ask': 50, // It waits for a mail server.
  'delivery.undelivered': 10,
}
/** What a procedure that changes something stores besides its input, in bytes, such as events and audit entries. */
const storedByChange = 500
/** A retry stores the input of the earlier run again. */
const storedByRetry = 5_000
export const storedBy: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(procedures).flatMap(([noun, named]) =>
    Object.entries(named)
      .filter(([name, { kind }]) => kind === 'mutation' && `${noun}.${name}` !== 'token.issue')
      .map(([name]) => [`${noun}.${name}`, name === 'retry' ? storedByRetry : storedByChange]),
  ),
)
/** They look at many rows: of a result, of the audit, of all machines. */
export const searchesRows: ReadonlySet<string> = new Set([
  'run.result',
  'audit.list',
  'filter.choices',
  'delivery.undelivered',
])
/** What must not be prevented by those whom it is to stop. */
export const decidesOrStops: ReadonlySet<string> = new Set([
  'installation.approve',
  'installation.refuse',
  'installation.confirmUninstall',
  'installation.dismissUninstall',
  'run.cancel',
  'schedule.pause',
  'schedule.delete',
  'receiver.distrust',
  'receiver.remove',
])
/** They wait for Trackunit, which has limits of its own. */
export const waitsForTrackunit: ReadonlySet<string> = new Set([
  'token.issue',
  'installation.tryNow',
  'action.countMachines',
])
