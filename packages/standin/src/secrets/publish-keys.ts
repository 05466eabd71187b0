import type { Config } from '../config/config.ts'
import type { Database } from '../database/database.ts'
import type { ReplicaListener } from '../database/listen.ts'
import type { Logger } from '../observability/logger.ts'
import { liveKeyReaders, saveKeyReader } from './key-reader-store.ts'

/** The part of a context that publishing keys needs. */
interface Publishing {
  db: Database
  config: { keys: Pick<Config['keys'], 'encryption'> }
  listener: Pick<ReplicaListener, 'replica'>
  log: Pick<Logger, 'warn' | 'error'>
}

/**
 * Publishes which encryption keys this replica can read, now and whenever it gets a new id, so that no replica writes with
 * a key, or retires one, that a running replica lacks. Warns when the others cannot read what this one writes.
 */
export async function publishKeys({ db, config, listener: { replica }, log }: Publishing): Promise<void> {
  const ring = config.keys.encryption
  const reads = ring.map(({ kid }) => kid)
  const [{ kid: writes }] = ring
  const publish = (replicaId: number) => saveKeyReader(db, { replicaId, writes, reads })
  const first = Promise.withResolvers<void>()
  replica.onHeld((id) => {
    publish(id)
      .then(first.resolve)
      .catch((error: unknown) => log.error({ err: error }, 'publishing the encryption keys failed'))
  })
  // The others must know of these keys before anything is written with them.
  const id = replica.id()
  await (id === undefined ? first.promise : publish(id))
  const lacking = (await liveKeyReaders(db)).filter((reader) => !reader.reads.includes(writes)).length
  if (lacking > 0) log.warn({ key: writes, replicas: lacking }, 'other replicas cannot read what this one encrypts')
}
