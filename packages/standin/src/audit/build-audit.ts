import { randomBytes } from 'node:crypto'
import { startBackgroundLoop } from '../background-loop.ts'
import type { Clock } from '../clock.ts'
import type { KeyRing } from '../config/key-ring.ts'
import type { Database } from '../database/database.ts'
import type { Logger } from '../observability/logger.ts'
import { createAuditMacs } from './audit-mac.ts'
import { createChain } from './chain.ts'
import { findEnd, markUnsigned } from './chain-store.ts'
import { createRecordHandOuts, type RecordHandOuts } from './record-hand-outs.ts'
import { retainAudit } from './retain-audit.ts'
import { createSealEntries } from './seal-entries.ts'
import { signTransactions } from './sign-transactions.ts'

interface Dependencies {
  db: Database
  clock: Clock
  log: Logger
  policy: { keys: KeyRing; retentionMs: number }
}

export interface Audit extends RecordHandOuts {
  /** Chains what is committed by now. */
  seal: () => Promise<void>
  /** Chains what was committed, drops what is too old, logs where the chains end. @returns what ends it, everything chained */
  start: () => Promise<() => Promise<void>>
}

const sealEveryMs = 500
const logEveryMs = 60_000
const retainEveryMs = 3_600_000

/** The audit of one process: from now on the transactions of `db` sign their rows. Its chains are its own. */
export function buildAudit({ db, clock, log, policy }: Dependencies): Audit {
  const macs = createAuditMacs(policy.keys)
  const process = randomBytes(6).toString('hex')
  const chains = ['hand-outs', 'changes'].map((what) => createChain(`${process}/${what}`, macs))
  const [handOuts, changes] = chains as [(typeof chains)[number], (typeof chains)[number]]
  signTransactions(db, { macs, clock })
  const sealBatch = createSealEntries({ db, macs, chain: changes, log })
  const seal = async () => {
    while (await sealBatch());
  }

  /** A log is not in the database: with it a chain is missed that was taken away as a whole. */
  async function logHeads(): Promise<boolean> {
    for (const { writer } of chains) {
      const end = await findEnd(db, writer)
      if (end) log.info({ writer, seq: end.seq, mac: end.mac }, 'audit head')
    }
    return false
  }
  async function retain(): Promise<boolean> {
    await retainAudit(db, macs, new Date(clock.now().getTime() - policy.retentionMs))
    return false
  }

  return {
    ...createRecordHandOuts({ db, clock, chain: handOuts }),
    seal,
    async start() {
      await markUnsigned(db, macs)
      const loops = [
        startBackgroundLoop(sealBatch, { everyMs: sealEveryMs, log, name: 'audit-seal' }),
        startBackgroundLoop(logHeads, { everyMs: logEveryMs, log, name: 'audit-heads' }),
        startBackgroundLoop(retain, { everyMs: retainEveryMs, log, name: 'audit-retain' }),
      ]
      return async () => {
        await Promise.all(loops.map(({ stop }) => stop()))
        await seal()
        await logHeads()
      }
    },
  }
}
