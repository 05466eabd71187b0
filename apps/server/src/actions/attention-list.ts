import {
  createCsvArtifact,
  createXlsxArtifact,
  defineAction,
  type KnownMachine,
  type Message,
  machineFilterInput,
  type RunContext,
  together,
} from 'standin'
import {
  type Counts,
  countIn,
  gapsOfList,
  type Listing,
  lacksOfList,
  listingSchema,
  listMachines,
  machineOfRow,
  newListing,
  partOfList,
  placeOf,
  readCounters,
  readIfPossible,
  topBars,
  typeName,
} from 'standin/fleet'
import { z } from 'zod'
import { attentionMessages } from './attention/attention-messages.ts'
import { type DataHealthIssue, type Finding, findingsOf, iconOf, reasons, worseFirst } from './attention/findings.ts'
import { dataHealthPath, idsOfOverdue, overduePath, serviceScope, withIssues } from './attention/issues-of-machines.ts'

const { say, catalogue } = attentionMessages

const columns = [
  { key: 'why', title: say('why'), kind: 'text' },
  { key: 'also', title: say('also'), kind: 'text', under: 'why' },
  { key: 'site', title: say('site'), kind: 'text', filterable: true },
  { key: 'lastSeenAt', title: say('lastSeen'), kind: 'moment' },
  { key: 'type', title: say('type'), kind: 'text', filterable: true, under: 'site' },
  {
    key: 'reason',
    title: say('reason'),
    kind: 'text',
    filterable: true,
    icons: reasons.map((reason) => ({ of: say(reason), icon: iconOf[reason] })),
  },
  { key: 'since', title: say('sinceLastTime'), kind: 'text', filterable: true },
  { key: 'batteryPercent', title: say('battery'), kind: 'percent' },
  { key: 'fuelPercent', title: say('fuel'), kind: 'percent' },
  { key: 'openSince', title: say('openSince'), kind: 'moment', under: 'why' },
  { key: 'place', title: say('position'), kind: 'place', namedBy: 'site' },
  { key: 'address', title: say('address'), kind: 'text' },
  { key: 'name', title: say('name'), kind: 'text' },
  { key: 'serialNumber', title: say('serialNumber'), kind: 'text' },
  { key: 'machineId', title: say('trackunitId'), kind: 'text' },
] as const

/** Checks that a run can be without, and why one is left out. */
const lackOf = {
  counters: { refused: 'countersUnread', 'no answer': 'countersUnread' },
  health: { refused: 'healthRefused', 'no answer': 'healthUnanswered' },
  services: { refused: 'servicesRefused', 'no answer': 'servicesUnanswered' },
} as const
type Check = keyof typeof lackOf
type Lack = (typeof lackOf)[Check]['refused' | 'no answer'] | 'servicesNotAllowed'

const percent = z.number().min(0).max(100)

const inputSchema = z.object({
  machines: machineFilterInput,
  silentDays: z.int().min(1).max(365).default(7).meta({
    title: 'Silent after',
    description: 'Machines that stopped reporting.',
    unit: 'days',
  }),
  batteryPercent: percent
    .default(20)
    .meta({ title: 'Battery below', description: 'Percent of a full charge.', unit: 'percent' }),
  fuelPercent: percent
    .default(10)
    .meta({ title: 'Fuel below', description: 'Percent of a full tank.', unit: 'percent' }),
})

export const attentionList = defineAction({
  id: 'attention-list',
  title: 'Attention list',
  description:
    'Machines that stopped reporting, are low on fuel or battery, are overdue for service, or send faulty data. Worst first, with the reason and what is new since last time.',
  input: inputSchema,
  scopes: ['asset.view'],
  optionalScopes: [serviceScope],
  changesData: false,
  steps: () => [
    say('listMachines'),
    say('readCounters'),
    say('checkDataHealth'),
    say('checkServices'),
    say('rank'),
    say('makeFiles'),
  ],
  reads: [
    { what: say('readsMachines'), detail: say('readsMachinesMeans'), icon: 'machine' },
    { what: say('readsContact'), detail: say('readsContactMeans'), icon: 'no-signal' },
    { what: say('readsLevels'), detail: say('readsLevelsMeans'), icon: 'battery' },
    { what: say('readsServices'), detail: say('readsServicesMeans'), icon: 'wrench', scope: serviceScope },
  ],
  limits: { aempReadsPerRun: ({ hasGraphql }) => (hasGraphql ? 0 : 1) },
  messages: catalogue,

  state: z.object({
    listing: listingSchema.default(newListing),
    /** The pages that come next: of the AEMP snapshot, of data health, of the overdue services. */
    snapshotPage: z.number().default(1),
    healthPage: z.number().default(0),
    servicesPage: z.number().default(0),
    issues: z.record(z.string(), z.array(z.object({ type: z.string(), openedAt: z.string().nullable() }))).default({}),
    overdue: z.array(z.string()).default([]),
    /** How often Trackunit did not answer the next request. */
    failures: z.number().default(0),
  }),

  async run(context) {
    const { account, machines, trackunit, state, save, durable, previous, result, headline, incomplete } = context
    const { log, step, progress } = context
    const check = (name: Check, title: Message, read: () => Promise<void>) =>
      durable<Lack | undefined>(name, async () => {
        const failing = { failures: state.failures, failed: (failures: number) => save({ failures }) }
        const reading = await step(title, () => readIfPossible(read, failing))
        await save({ failures: 0 })
        if (reading === 'read') return undefined
        await log(say(lackOf[name][reading]))
        return lackOf[name][reading]
      })

    await durable('list', async () => {
      await step(say('listMachines'), async () => {
        const listing = await listMachines(context, { listing: state.listing, keep: (listing) => save({ listing }) })
        await save({ listing })
      })
      for (const lack of lacksOfList(state.listing)) await log(lack)
    })
    const { listing } = state

    // On a plan without the full list, only the snapshot has fuel and the time of the last report.
    const readSnapshot = () =>
      readCounters(context, {
        fromPage: state.snapshotPage,
        machinesSeen: listing.done,
        keep: (snapshotPage) => save({ snapshotPage }),
      })
    const noCounters =
      listing.source === 'rest' ? await check('counters', say('readCounters'), readSnapshot) : undefined
    await machines.keepReadings()
    if (!noCounters) await durable('first findings', () => showEarly(context))

    const noHealth = await check('health', say('checkDataHealth'), async () => {
      const pages = trackunit.list(dataHealthPath, { query: { status: 'OPEN' }, from: state.healthPage })
      for await (const { items, next, totalPages } of pages) {
        await progress({ done: next, total: totalPages, message: say('dataHealthRead') })
        await save({ issues: withIssues(state.issues, items), healthPage: next })
      }
    })

    if (!noHealth) await durable('more findings', () => showEarly(context))

    const mayReadServices = account.grantedScopes?.includes(serviceScope) ?? true
    if (!mayReadServices) await durable('say that services are not allowed', () => log(say('servicesNotAllowed')))
    const noServices = mayReadServices
      ? await check('services', say('checkServices'), async () => {
          for await (const { items, next } of trackunit.list(overduePath, { from: state.servicesPage }))
            await save({ overdue: [...state.overdue, ...idsOfOverdue(items)], servicesPage: next })
        })
      : ('servicesNotAllowed' as const)

    const leftOut = [noCounters, noHealth, noServices].filter((lack) => lack !== undefined)
    await durable('rank', () =>
      step(say('rank'), async () => {
        const isLastSeenKnown = !noCounters && !listing.isPartial
        const { found, checked } = await rank(context, { ...state, isLastSeenKnown })
        await result.columns(columns)
        const before = await previous?.resultRowIds()
        await result.rows(found.map((one) => toRow(one, before)))
        const bars = barsOf(found)
        if (bars) {
          await result.chart({
            kind: 'bars',
            title: say('chartTitle'),
            unit: 'number',
            note: say('chartNote'),
            bars,
            column: 'reason',
          })
        }
        const newOnes = before && found.filter((one) => !before.has(rowId(one))).length
        const left = leftOut.map((lack) => say(lack))
        const gaps = [...gapsOfList(listing), ...left]
        const checks = gaps.length === 0 ? undefined : checksMade({ listing, leftOut })
        if (checks !== undefined) await incomplete(together([whatWasChecked(checks, checked), ...gaps]))
        const missing = [...lacksOfList(listing), ...left]
        await result.detail(together([...missing, ...(before ? [lastTime(before, found)] : [])]))
        if (checked > 0)
          await result.figure({
            value: found.length,
            unit: 'number',
            words: say(checks === undefined ? 'figure' : 'figureAtLeast', { found: found.length, checked }),
          })
        await headline(sentence({ found: found.length, checked, newOnes, checks }))
      }),
    )
    await step(say('makeFiles'), async () => {
      await durable('csv', () => createCsvArtifact(context, { name: 'attention-list.csv' }))
      await durable('xlsx', () => createXlsxArtifact(context, { name: 'attention-list.xlsx' }))
    })
  },

  /** Ranks the machines that were read. Does not say which are new: the previous list was complete. */
  async leavePart(context) {
    const { state, result, isDone } = context
    const { listing } = state
    if (listing.done === 0 || isDone('rank')) return
    // The short list does not say when a machine last reported, nor does a list with missing values.
    const isLastSeenKnown = listing.source !== 'rest' && !listing.isPartial
    const { found } = await rank(context, { ...state, isLastSeenKnown })
    await result.columns(columns)
    await result.rows(found.map((one) => toRow(one, undefined)))
    const note = partOfList(listing)
    await result.detail(together([note, ...checksMissing(isDone)]))
    await createCsvArtifact(context, { name: 'attention-list-part.csv', note })
  },
})

/** The checks that a run had not made when it stopped early. */
function checksMissing(isDone: (step: string) => boolean) {
  if (isDone('services')) return []
  return [isDone('health') ? say('servicesUnchecked') : say('healthAndServicesUnchecked')]
}

/** What was found so far. Services are still unknown then. */
async function showEarly(
  context: Pick<RunContext<z.output<typeof inputSchema>>, 'input' | 'machines' | 'clock' | 'result'> & {
    state: Pick<Evidence, 'issues' | 'overdue'> & { listing: Listing }
  },
): Promise<void> {
  const { state, result } = context
  const { found } = await rank(context, { ...state, isLastSeenKnown: !state.listing.isPartial })
  await result.columns(columns)
  await result.early(
    found.slice(0, mostEarly).map((one) => toRow(one, undefined)),
    found.length,
  )
}

const mostEarly = 20

interface Found {
  machine: KnownMachine
  /** At least one, the worst first. */
  findings: [Finding, ...Finding[]]
}

/** What the checks found. */
interface Evidence {
  /** Whether a machine without a date has never reported; otherwise its last report is unknown. */
  isLastSeenKnown: boolean
  issues: Readonly<Record<string, DataHealthIssue[]>>
  overdue: readonly string[]
}

/** The machines that need attention, the worst first. */
async function rank(
  { input, machines, clock }: Pick<RunContext<z.output<typeof inputSchema>>, 'input' | 'machines' | 'clock'>,
  { isLastSeenKnown, issues, overdue }: Evidence,
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

/** By machine and reason: a machine that was low on fuel and is silent now is new. */
const rowId = ({ machine, findings: [{ reason }] }: Found) => `${machine.id} ${reason}`

/** How many machines of the last list no longer are on it. */
function lastTime(before: ReadonlySet<string>, found: readonly Found[]) {
  const suffixes = reasons.map((reason) => ` ${reason}`)
  const machineOf = (id: string) => {
    const suffix = suffixes.find((each) => id.endsWith(each))
    return suffix ? id.slice(0, -suffix.length) : id
  }
  const now = new Set(found.map(({ machine }) => machine.id))
  const off = new Set([...before].map(machineOf)).difference(now).size
  return say('lastTime', { off })
}

function toRow(found: Found, before: ReadonlySet<string> | undefined) {
  const { machine, findings } = found
  const [{ reason, why, since }, ...others] = findings
  return {
    id: rowId(found),
    machine: machineOfRow(machine),
    cells: {
      reason: say(reason),
      why,
      since: before && !before.has(rowId(found)) ? say('new') : null,
      also: others.length > 0 ? together(others.map((other) => other.why)) : null,
      site: machine.site?.name ?? null,
      type: machine.type && typeName(machine.type),
      openSince: since?.toISOString() ?? null,
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

/** The longest first; undefined if a sentence says it better than a chart. */
function barsOf(found: readonly Found[]) {
  const counts: Counts = new Map()
  for (const { findings } of found) countIn(counts, say(findings[0].reason))
  return topBars(counts)
}

/** What was checked, by a letter each: battery, fuel and last contact, data health, services. */
function checksMade({ listing, leftOut }: { listing: Listing; leftOut: readonly Lack[] }): string {
  const isLeftOut = (what: string) => leftOut.some((lack) => lack.startsWith(what))
  const made = [
    listing.source !== 'rest' && 'B',
    !isLeftOut('counters') && 'F',
    !isLeftOut('health') && 'H',
    !isLeftOut('services') && 'S',
  ]
  return made.filter(Boolean).join('')
}

/** How far the checks went, where some of them were not made, or not on all that a machine has. */
function whatWasChecked(checks: string, checked: number) {
  return isOfParts(checks)
    ? say('checkedInPart', { machines: checked })
    : say('onlyCheckedOn', { checks, machines: checked })
}

/** Every check was made, but not on all machines, or with values missing. */
const isOfParts = (checks: string) => checks === 'BFHS'

/** @param checks those that were made where some were not: then it says which, and never that all is well */
function sentence({
  found,
  checked,
  newOnes,
  checks,
}: {
  found: number
  checked: number
  newOnes: number | undefined
  checks: string | undefined
}) {
  if (checked === 0) return say('noMachines')
  if (checks === undefined) {
    if (found === 0) return say('nothingFound', { checked })
    return newOnes === undefined
      ? say('found', { found, checked })
      : say('foundWithNew', { found, checked, new: newOnes })
  }
  if (found === 0)
    return isOfParts(checks)
      ? say('nothingFoundInPart', { checked })
      : together([whatWasChecked(checks, checked), say('nothingFoundThere')])
  return newOnes === undefined
    ? say('foundAtLeast', { found, checked })
    : say('foundAtLeastWithNew', { found, checked, new: newOnes })
}
