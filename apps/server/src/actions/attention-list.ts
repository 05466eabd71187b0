import {
  createCsvArtifact,
  createXlsxArtifact,
  defineAction,
  type KnownMachine,
  machineFilterInput,
  type RunContext,
} from 'standin'
import { z } from 'zod'
import { danishOfAttention } from './attention/danish-of-attention.ts'
import { type Finding, findingsOf, reasons, worseFirst } from './attention/findings.ts'
import { dataHealthPath, idsOfOverdue, overduePath, serviceScope, withIssues } from './attention/issues-of-machines.ts'
import { readPagedList } from './attention/paged-list.ts'
import { readCounters } from './machines/counters-snapshot.ts'
import { lacksOfList, listingSchema, listMachines, newListing, partOfList } from './machines/list-machines.ts'
import { type Reading, readIfPossible } from './machines/read-if-possible.ts'
import { countIn, topBars } from './machines/top-bars.ts'
import { counted, machineOfRow, placeOf, plural, typeName } from './machines/words.ts'

const columns = [
  { key: 'why', title: 'Why', kind: 'text' },
  { key: 'also', title: 'Also', kind: 'text' },
  { key: 'site', title: 'Site', kind: 'text', filterable: true },
  { key: 'lastSeenAt', title: 'Last seen', kind: 'moment' },
  { key: 'type', title: 'Type', kind: 'text', filterable: true },
  { key: 'reason', title: 'Reason', kind: 'text', filterable: true },
  { key: 'since', title: 'Since last time', kind: 'text', filterable: true },
  { key: 'batteryPercent', title: 'Battery', kind: 'percent' },
  { key: 'fuelPercent', title: 'Fuel', kind: 'percent' },
  { key: 'place', title: 'Position', kind: 'place', namedBy: 'site' },
  { key: 'address', title: 'Address', kind: 'text' },
  { key: 'name', title: 'Name', kind: 'text' },
  { key: 'serialNumber', title: 'Serial number', kind: 'text' },
  { key: 'machineId', title: 'Trackunit id', kind: 'text' },
] as const

/** Where it is, and what the pages so far held: none is read again. */
const checkpointSchema = z.object({
  phase: z.enum(['list', 'counters', 'health', 'services', 'rank', 'files', 'end']),
  listing: listingSchema,
  page: z.number(),
  issues: z.record(z.string(), z.array(z.object({ type: z.string(), openedAt: z.string().nullable() }))),
  overdue: z.array(z.string()),
  leftOut: z.array(z.string()),
  /** Else a machine that was never heard of is not silent: it is not known. */
  isLastSeenKnown: z.boolean(),
  /** How often what comes next was not answered. */
  failures: z.number().default(0),
})
type Checkpoint = z.infer<typeof checkpointSchema>

const percent = z.number().min(0).max(100)

const inputSchema = z.object({
  machines: machineFilterInput,
  silentDays: z.int().min(1).max(365).default(7).meta({
    title: 'Silent after',
    description: 'Without a word from a machine.',
    unit: 'days',
  }),
  batteryPercent: percent
    .default(20)
    .meta({ title: 'Battery below', description: 'Of a full charge.', unit: 'percent' }),
  fuelPercent: percent.default(10).meta({ title: 'Fuel below', description: 'Of a full tank.', unit: 'percent' }),
})

export const attentionList = defineAction({
  id: 'attention-list',
  title: 'Attention list',
  description:
    'Machines that are silent, low on fuel or battery, overdue for service, or send faulty data. Worst first, with the reason and what is new since last time.',
  input: inputSchema,
  scopes: ['asset.view'],
  optionalScopes: [serviceScope],
  changesData: false,
  limits: { aempReadsPerRun: ({ hasGraphql }) => (hasGraphql ? 0 : 1) },
  texts: { da: danishOfAttention },

  async run(context) {
    const { account, machines, resumedFrom, previous, result, checkpoint, headline, log, step, progress } = context
    let at: Checkpoint = resumedFrom
      ? checkpointSchema.parse(resumedFrom)
      : {
          ...{ phase: 'list', listing: newListing(), page: 0, failures: 0 },
          ...{ issues: {}, overdue: [], leftOut: [], isLastSeenKnown: true },
        }
    const goOn = async (change: Partial<Checkpoint>) => {
      at = { ...at, ...change }
      await checkpoint(at)
    }
    /** With what is left out, where something is. */
    const goOnTo = async (phase: Checkpoint['phase'], leftOut: string | undefined) => {
      if (leftOut !== undefined) await log(leftOut)
      await goOn({
        phase,
        page: 0,
        failures: 0,
        leftOut: leftOut === undefined ? at.leftOut : [...at.leftOut, leftOut],
      })
    }
    const ifPossible = (read: () => Promise<void>) =>
      readIfPossible(read, { failures: at.failures, failed: (failures) => goOn({ failures }) })

    if (at.phase === 'list') {
      await step('List machines', async () => {
        const listing = await listMachines(context, { listing: at.listing, keep: (listing) => goOn({ listing }) })
        await goOn({ listing, leftOut: lacksOfList(listing), phase: 'counters', page: 1 })
      })
      for (const lack of at.leftOut) await log(lack)
    }
    if (at.phase === 'counters') {
      // Where the plan has no full list, the snapshot alone tells when a machine was heard of, and its fuel.
      const read = () =>
        readCounters(context, { fromPage: at.page, machinesSeen: at.listing.done, keep: (page) => goOn({ page }) })
      const isKnown = at.listing.source !== 'rest' || (await step('Read counters', () => ifPossible(read))) === 'read'
      await machines.keepReadings()
      await goOn({ isLastSeenKnown: isKnown && !at.listing.isPartial })
      await goOnTo('health', undefined)
    }
    if (at.phase === 'health') {
      const read = () =>
        readPagedList(context, {
          path: dataHealthPath,
          query: { status: 'OPEN' },
          fromPage: at.page,
          async keep(items, { page, totalPages }) {
            await progress({ done: page, total: totalPages, message: 'lists of data health read' })
            await goOn({ issues: withIssues(at.issues, items), page })
          },
        })
      const reading = await step('Check data health', () => ifPossible(read))
      await goOnTo(
        'services',
        {
          read: undefined,
          refused: 'Data health is left out: Trackunit does not let us read it.',
          'no answer': 'Data health is left out: Trackunit did not answer.',
        }[reading],
      )
    }
    if (at.phase === 'services') {
      const mayRead = account.grantedScopes?.includes(serviceScope) ?? true
      const read = () =>
        readPagedList(context, {
          path: overduePath,
          fromPage: at.page,
          keep: (items, { page }) => goOn({ overdue: [...at.overdue, ...idsOfOverdue(items)], page }),
        })
      const reading = mayRead ? await step('Check services', () => ifPossible(read)) : 'not allowed'
      await goOnTo('rank', lackOfServices[reading])
    }
    if (at.phase === 'rank') {
      await step('Rank and compare with last time', async () => {
        const { found, checked } = await rank(context, at)
        await result.columns(columns)
        const before = await previous?.resultRowIds()
        await result.rows(found.map((one) => toRow(one, before)))
        const bars = barsOf(found)
        if (bars) {
          const note = 'A machine with two reasons counts under the worse one.'
          await result.chart({ kind: 'bars', title: 'Why they need attention', unit: 'number', bars, note })
        }
        const newOnes = before && found.filter((one) => !before.has(rowId(one))).length
        await result.detail([...at.leftOut, ...(before ? [lastTime(before, found)] : [])].join(' '))
        await headline(sentence({ found: found.length, checked, newOnes, isWhole: at.leftOut.length === 0 }))
        await goOn({ phase: 'files' })
      })
    }
    if (at.phase === 'files') {
      await step('Make the files', async () => {
        await createCsvArtifact(context, { name: 'attention-list.csv' })
        await checkpoint(at)
        await createXlsxArtifact(context, { name: 'attention-list.xlsx' })
        await goOn({ phase: 'end' })
      })
    }
  },

  /** What is known of the machines that were read. What is new is not said: the last list was whole. */
  async leavePart(context) {
    const { resumedFrom, result } = context
    const { data: at } = checkpointSchema.safeParse(resumedFrom)
    if (!at || at.listing.done === 0 || at.phase === 'files' || at.phase === 'end') return
    // The short list does not say when a machine was heard of, nor does one that lacks values.
    const isLastSeenKnown = at.isLastSeenKnown && at.listing.source !== 'rest' && !at.listing.isPartial
    const { found } = await rank(context, { ...at, isLastSeenKnown })
    await result.columns(columns)
    await result.rows(found.map((one) => toRow(one, undefined)))
    const note = partOfList(at.listing)
    await result.detail([note, ...checksMissingAt(at.phase)].join(' '))
    await createCsvArtifact(context, { name: 'attention-list-part.csv', note })
  },
})

/** What was not looked at yet when a run ended before its time. */
function checksMissingAt(phase: Checkpoint['phase']): string[] {
  if (phase === 'rank') return []
  return [phase === 'services' ? 'Services are not checked.' : 'Data health and services are not checked.']
}

const lackOfServices: Record<Reading | 'not allowed', string | undefined> = {
  read: undefined,
  refused:
    'Overdue services are left out: Trackunit does not let us read them. It does not say whether the permission or the licence is missing.',
  'no answer': 'Overdue services are left out: Trackunit did not answer.',
  'not allowed': 'Overdue services are left out: “See service plans” is not allowed.',
}

interface Found {
  machine: KnownMachine
  /** The worst first; there is one at least. */
  findings: [Finding, ...Finding[]]
}

/** The machines that need attention, the worst first. */
async function rank(
  { input, machines, clock }: Pick<RunContext<z.output<typeof inputSchema>>, 'input' | 'machines' | 'clock'>,
  { isLastSeenKnown, issues, overdue }: Checkpoint,
): Promise<{ found: Found[]; checked: number }> {
  const isOverdue = new Set(overdue)
  const issuesOf = new Map(Object.entries(issues))
  const found: Found[] = []
  let checked = 0
  for await (const page of machines.list({ filter: input.machines, seenInThisRun: true })) {
    for (const machine of page) {
      checked++
      const known = {
        issues: issuesOf.get(machine.id) ?? [],
        isServiceOverdue: isOverdue.has(machine.id),
        isLastSeenKnown,
      }
      const [first, ...others] = findingsOf(machine, known, { thresholds: input, now: clock.now() })
      if (first) found.push({ machine, findings: [first, ...others] })
    }
  }
  found.sort(({ findings: [left] }, { findings: [right] }) => worseFirst(left, right))
  return { found, checked }
}

/** By machine and reason: one that was low on fuel and is silent now is new. */
const rowId = ({ machine, findings: [{ reason }] }: Found) => `${machine.id} ${reason}`

/** How many there were, and how many of those machines need nothing any more. */
function lastTime(before: ReadonlySet<string>, found: readonly Found[]): string {
  const suffixes = reasons.map((reason) => ` ${reason}`)
  const machineOf = (id: string) => {
    const suffix = suffixes.find((each) => id.endsWith(each))
    return suffix ? id.slice(0, -suffix.length) : id
  }
  const now = new Set(found.map(({ machine }) => machine.id))
  const off = new Set([...before].map(machineOf)).difference(now).size
  const all = `Last time it was ${counted(before.size)} in all`
  return off === 0 ? `${all}.` : `${all}, ${counted(off)} of which ${off === 1 ? 'is' : 'are'} no longer on the list.`
}

function toRow(found: Found, before: ReadonlySet<string> | undefined) {
  const { machine, findings } = found
  const [{ reason, why }, ...others] = findings
  return {
    id: rowId(found),
    machine: machineOfRow(machine),
    cells: {
      ...{ reason, why, since: before && !before.has(rowId(found)) ? 'New' : null },
      also: others.map((other) => other.why).join(', ') || null,
      site: machine.site?.name ?? null,
      type: machine.type && typeName(machine.type),
      lastSeenAt: machine.lastSeenAt?.toISOString() ?? null,
      batteryPercent: machine.batteryPercent,
      fuelPercent: machine.fuelPercent,
      place: placeOf(machine),
      address: machine.address,
      name: machine.name,
      serialNumber: machine.serialNumber,
      machineId: machine.id,
    },
  }
}

/** The longest first; undefined where a sentence says it better than a chart. */
function barsOf(found: readonly Found[]) {
  const counts = new Map<string, number>()
  for (const { findings } of found) countIn(counts, findings[0].reason)
  return topBars(counts)
}

function sentence({
  found,
  checked,
  newOnes,
  isWhole,
}: {
  found: number
  checked: number
  newOnes: number | undefined
  isWhole: boolean
}): string {
  if (checked === 0) return 'There are no machines to check.'
  if (found === 0 && !isWhole)
    return `Nothing needs attention on ${plural(checked, 'machine', 'machines')}, as far as could be checked.`
  if (found === 0)
    return `Nothing needs attention. ${checked === 1 ? 'The machine is' : `All ${counted(checked)} machines are`} fine.`
  const needs = found === 1 ? 'needs' : 'need'
  const all = `${counted(found)} of ${plural(checked, 'machine', 'machines')} ${needs} attention`
  if (newOnes === undefined) return `${all}.`
  if (newOnes === 0) return `${all}, none of them new.`
  return `${all}, ${counted(newOnes)} of them new.`
}
