import { createHash } from 'node:crypto'
import type { Database, Transaction } from '../database/database.ts'
import { holdsRun } from '../runs/run-lease-store.ts'
import { RunStopped } from '../runs/run-stopped.ts'
import type { RunRow } from '../runs/run-store.ts'
import type { MachineRegister, SeenMachine } from './machine-register.ts'
import { listGone, listMachines, updateCounters, upsertMachines } from './machine-store.ts'
import { insertReadings, listHistories } from './reading-store.ts'
import { hasTold, markTold } from './told-place-store.ts'

/** The register of a run's account, for the worker that has the run. */
export function createMachineRegister(
  db: Database,
  { id: runId, epoch, accountId, ...asked }: Pick<RunRow, 'id' | 'epoch' | 'accountId' | 'actionId' | 'mode' | 'input'>,
): MachineRegister {
  const run = { runId, accountId, question: questionOf(asked) }

  /** An account that was uninstalled meanwhile has no run: nothing is written for it again. */
  async function whileHeld(work: (tx: Transaction) => Promise<void>): Promise<void> {
    await db.transaction(async (tx) => {
      if (!(await holdsRun(tx, { runId, epoch, states: ['running'] }))) throw new RunStopped()
      await work(tx)
    })
  }

  return {
    keep: (machines) => whileHeld((tx) => upsertMachines(tx, run, machines.map(storable))),
    keepCounters: (counters) => whileHeld((tx) => updateCounters(tx, run, counters)),
    keepReadings: () => whileHeld((tx) => insertReadings(tx, run)),
    list: ({ filter = {}, seenInThisRun = false } = {}) =>
      listMachines(db, { ...run, filter, runId: seenInThisRun ? runId : undefined }),
    gone: (filter) => listGone(db, { ...run, filter }),
    hasTold: () => hasTold(db, run),
    told: () => whileHeld((tx) => markTold(tx, run)),
    history: ({ since, filter }) => listHistories(db, { accountId, since, filter }),
  }
}

/** As PostgreSQL gives an input back: its keys in one order, however it was written. */
const questionOf = ({ actionId, mode, input }: Pick<RunRow, 'actionId' | 'mode' | 'input'>) =>
  createHash('sha256')
    .update(JSON.stringify([actionId, mode, input]))
    .digest('base64url')

/** Names come from people: what PostgreSQL does not store is left out, and no text is longer than a page needs. */
function storable(machine: SeenMachine): SeenMachine {
  const texts = ['name', 'brand', 'model', 'serialNumber', 'type', 'address'] as const
  const cut = (text: string) => text.slice(0, 300).toWellFormed().replaceAll('\0', '')
  const cutNamed = ({ id, name }: { id: string; name: string }) => ({ id: cut(id), name: cut(name) })
  return {
    ...machine,
    ...Object.fromEntries(texts.map((key) => [key, machine[key] === null ? null : cut(machine[key])])),
    id: cut(machine.id),
    site: machine.site && cutNamed(machine.site),
    groups: machine.groups.slice(0, 50).map(cutNamed),
  }
}
