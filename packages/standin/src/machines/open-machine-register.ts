import { createHash } from 'node:crypto'
import type { Database, Transaction } from '../database/database.ts'
import { storableText } from '../database/storable-text.ts'
import type { RunLease } from '../runs/run-lease-store.ts'
import type { RunRow } from '../runs/run-store.ts'
import { whileHeld } from '../runs/while-held.ts'
import type { MachineRegister, ReadWith, SeenMachine } from './machine-register.ts'
import { listGone, listMachines, markGone, updateCounters, upsertMachines } from './machine-store.ts'
import { insertReadings, listHistories } from './reading-store.ts'
import { hasReported, markReported } from './reported-site-store.ts'

/** The machine register of a run's account, for the worker that holds the run. */
export function openMachineRegister(
  db: Database,
  { id, epoch, accountId, readsWith, ...asked }: RunLease & Pick<RunRow, 'actionId' | 'mode' | 'input' | 'readsWith'>,
): MachineRegister {
  const run = { runId: id, accountId, question: questionOf(asked), own: readsWith }
  // With more than it has, a run reads nothing.
  const scopesOf = ({ readWith = readsWith }: ReadWith = {}) => readWith.filter((scope) => readsWith.includes(scope))
  const write = (work: (tx: Transaction) => Promise<void>) =>
    whileHeld(db, { id, accountId, epoch, states: ['running'] }, work)

  return {
    keep: (machines, of) =>
      write((tx) => upsertMachines(tx, { ...run, readWith: scopesOf(of) }, machines.map(storable))),
    keepCounters: (counters, of) => write((tx) => updateCounters(tx, { ...run, readWith: scopesOf(of) }, counters)),
    keepWhole: () => write((tx) => markGone(tx, run)),
    keepReadings: () => write((tx) => insertReadings(tx, run)),
    list: ({ filter = {}, seenInThisRun = false } = {}) =>
      listMachines(db, { ...run, filter, runId: seenInThisRun ? id : undefined }),
    gone: (filter) => listGone(db, { ...run, filter }),
    hasReported: () => hasReported(db, run),
    markReported: () => write((tx) => markReported(tx, run)),
    history: ({ since, filter }) => listHistories(db, { ...run, since, filter }),
  }
}

/** PostgreSQL returns the keys of the input in a fixed order, however the caller wrote them. */
const questionOf = ({ actionId, mode, input }: Pick<RunRow, 'actionId' | 'mode' | 'input'>) =>
  createHash('sha256')
    .update(JSON.stringify([actionId, mode, input]))
    .digest('base64url')

/** People choose names freely: drops what PostgreSQL cannot store, and truncates texts to what a page needs. */
function storable(machine: SeenMachine): SeenMachine {
  const texts = ['name', 'brand', 'model', 'serialNumber', 'type', 'address'] as const
  const cut = (text: string) => storableText(text, 300)
  const cutNamed = ({ id, name }: { id: string; name: string }) => ({ id: cut(id), name: cut(name) })
  return {
    ...machine,
    ...Object.fromEntries(texts.map((key) => [key, machine[key] === null ? null : cut(machine[key])])),
    id: cut(machine.id),
    site: machine.site && cutNamed(machine.site),
    groups: machine.groups.slice(0, 50).map(cutNamed),
  }
}
