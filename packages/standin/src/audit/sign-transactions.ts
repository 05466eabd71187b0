import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { AuditMacs, SignedEntry } from './audit-mac.ts'

/** Signs a row before it is written. */
export type Sign = (entry: Omit<SignedEntry, 'entryId' | 'at'>) => {
  entryId: string
  at: Date
  kid: string
  entryMac: string
}

const signature = Symbol('how rows of this transaction are signed')
type Signing = Database & { [signature]?: Sign }

/**
 * Lets a database and every transaction of it carry how audit rows are signed, so that nobody who changes something has to
 * hand the keys on. Rows written through a database that was not given any stay unsigned, which `audit verify` names.
 */
export function signTransactions(db: Database, { macs, clock }: { macs: AuditMacs; clock: Pick<Clock, 'now'> }): void {
  const sign: Sign = (entry) => {
    const identity = { entryId: randomUUID(), at: clock.now() }
    return { ...identity, kid: macs.kid, entryMac: macs.ofEntry({ ...entry, ...identity }) }
  }
  const carrying =
    (begin: Database['transaction']): Database['transaction'] =>
    (work, options) =>
      begin(
        (tx) => work(Object.assign(tx, { [signature]: sign, transaction: carrying(tx.transaction.bind(tx)) })),
        options,
      )
  Object.assign(db, { [signature]: sign, transaction: carrying(db.transaction.bind(db)) })
}

export const signOf = (db: Signing): Sign | undefined => db[signature]
