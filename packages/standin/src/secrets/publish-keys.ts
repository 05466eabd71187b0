import type { KeyRing } from '../config/key-ring.ts'
import type { Database } from '../database/database.ts'
import type { Replica } from '../database/replica.ts'
import type { Logger } from '../observability/logger.ts'
import { liveKeyReaders, saveKeyReader } from './key-reader-store.ts'

/**
 * Says which keys this replica has, now and under each id that it gets later: no key is written with, or retired, that
 * a running replica lacks. Warns where the others could not open what this one writes.
 */
export async function publishKeys({
  db,
  ring,
  replica,
  log,
}: {
  db: Database
  ring: KeyRing
  replica: Replica
  log: Logger
}): Promise<void> {
  const reads = ring.map(({ kid }) => kid)
  const [{ kid: writes }] = ring
  const publish = (replicaId: number) => saveKeyReader(db, { replicaId, writes, reads })
  const first = Promise.withResolvers<void>()
  // Nothing is written with these keys before the others can know of them.
  replica.onHeld((id) => {
    publish(id)
      .then(first.resolve)
      .catch((error: unknown) => log.error({ err: error }, 'the encryption keys could not be published'))
  })
  const id = replica.id()
  await (id === undefined ? first.promise : publish(id))
  const lacking = (await liveKeyReaders(db)).filter((reader) => !reader.reads.includes(writes)).length
  if (lacking > 0) log.warn({ key: writes, replicas: lacking }, 'other replicas cannot read what this one encrypts')
}
