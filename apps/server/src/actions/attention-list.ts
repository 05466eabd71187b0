import {
  createCsvArtifact,
  createXlsxArtifact,
  defineAction,
  type KnownMachine,
  machineFilterInput,
  type RunContext,
  together,
} from 'standin'
import {
  type Counts,
  countIn,
  gapsOfList,
  lacksOfList,
  listingSchema,
  listMachines,
  machineOfRow,
  newListing,
  partOfList,
  placeOf,
  type Reading,
  readCounters,
  readIfPossible,
  topBars,
  typeName,
} from 'standin/fleet'
import { z } from 'zod'
import { attentionMessages } from './attention/attention-messages.ts'
import { type Finding, findingsOf, iconOf, reasons, worseFirst } from './attention/findings.ts'
import { dataHealthPath, idsOfOverdue, overduePath, serviceScope, withIssues } from './attention/issues-of-machines.ts'
import { readPagedList } from './attention/paged-list.ts'

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

/** Checks that a run can be without, and why. */
const lacks = [
  ...(['healthRefused', 'healthUnanswered'] as const),
  ...(['servicesRefused', 'servicesUnanswered', 'servicesNotAllowed', 'countersUnread'] as const),
] as const
type Lack = (typeof lacks)[number]

/** How far the run is, and what its pages held so far: no page is read twice. */
const checkpointSchema = z.object({
  phase: z.enum(['list', 'counters', 'health', 'services', 'rank', 'files', 'end']),
  listing: listingSchema,
  page: z.number(),
  issues: z.record(z.string(), z.array(z.object({ type: z.string(), openedAt: z.string().nullable() }))),
  overdue: z.array(z.string()),
  leftOut: z.array(z.enum(lacks)),
  /** Whether a machine without a date has never reported; otherwise its last report is unknown. */
  isLastSeenKnown: z.boolean(),
  /** Whether fuel and the time of the last report were read. */
  areCountersRead: z.boolean().default(true),
  /** How often Trackunit did not answer the next request. */
  failures: z.number().default(0),
})
type Checkpoint = z.infer<typeof checkpointSchema>

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
  limits: { aempReadsPerRun: ({ hasGraphql }) => (hasGraphql ? 0 : 1) },
  messages: catalogue,

  async run(context) {
    const { account, machines, resumedFrom, previous, result, checkpoint, headline, incomplete } = context
    const { log, step, progress } = context
    let at: Checkpoint = resumedFrom
      ? checkpointSchema.parse(resumedFrom)
      : {
          ...{ phase: 'list', listing: newListing(), page: 0, failures: 0 },
          ...{ issues: {}, overdue: [], leftOut: [], isLastSeenKnown: true, areCountersRead: true },
        }
    const goOn = async (change: Partial<Checkpoint>) => {
      at = { ...at, ...change }
      await checkpoint(at)
    }
    const goOnTo = async (phase: Checkpoint['phase'], leftOut: Lack | undefined) => {
      if (leftOut !== undefined) await log(say(leftOut))
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
      await step(say('listMachines'), async () => {
        const listing = await listMachines(context, { listing: at.listing, keep: (listing) => goOn({ listing }) })
        await goOn({ listing, phase: 'counters', page: 1 })
      })
      for (const lack of lacksOfList(at.listing)) await log(lack)
    }
    if (at.phase === 'counters') {
      // On a plan without the full list, only the snapshot has fuel and the time of the last report.
      const read = () =>
        readCounters(context, { fromPage: at.page, machinesSeen: at.listing.done, keep: (page) => goOn({ page }) })
      const isKnown =
        at.listing.source !== 'rest' || (await step(say('readCounters'), () => ifPossible(read))) === 'read'
      await machines.keepReadings()
      await goOn({ isLastSeenKnown: isKnown && !at.listing.isPartial, areCountersRead: isKnown })
      await goOnTo('health', isKnown ? undefined : 'countersUnread')
    }
    if (at.phase === 'health') {
      const read = () =>
        readPagedList(context, {
          path: dataHealthPath,
          query: { status: 'OPEN' },
          fromPage: at.page,
          async keep(items, { page, totalPages }) {
            await progress({ done: page, total: totalPages, message: say('dataHealthRead') })
            await goOn({ issues: withIssues(at.issues, items), page })
          },
        })
      const reading = await step(say('checkDataHealth'), () => ifPossible(read))
      await goOnTo(
        'services',
        ({ read: undefined, refused: 'healthRefused', 'no answer': 'healthUnanswered' } as const)[reading],
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
      const reading = mayRead ? await step(say('checkServices'), () => ifPossible(read)) : 'not allowed'
      await goOnTo('rank', lackOfServices[reading])
    }
    if (at.phase === 'rank') {
      await step(say('rank'), async () => {
        const { found, checked } = await rank(context, at)
        await result.columns(columns)
        const before = await previous?.resultRowIds()
        await result.rows(found.map((one) => toRow(one, before)))
        const bars = barsOf(found)
        if (bars) {
          await result.chart({
            ...{ kind: 'bars', title: say('chartTitle'), unit: 'number', note: say('chartNote') },
            ...{ bars, column: 'reason' },
          })
        }
        const newOnes = before && found.filter((one) => !before.has(rowId(one))).length
        const left = at.leftOut.map((lack) => say(lack))
        const gaps = [...gapsOfList(at.listing), ...left]
        const checks = gaps.length === 0 ? undefined : checksMade(at)
        if (checks !== undefined) await incomplete(together([whatWasChecked(checks, checked), ...gaps]))
        const missing = [...lacksOfList(at.listing), ...left]
        await result.detail(together([...missing, ...(before ? [lastTime(before, found)] : [])]))
        await headline(sentence({ found: found.length, checked, newOnes, checks }))
        await goOn({ phase: 'files' })
      })
    }
    if (at.phase === 'files') {
      await step(say('makeFiles'), async () => {
        await createCsvArtifact(context, { name: 'attention-list.csv' })
        await checkpoint(at)
        await createXlsxArtifact(context, { name: 'attention-list.xlsx' })
        await goOn({ phase: 'end' })
      })
    }
  },

  /** Ranks the machines that were read. Does not say which are new: the previous list was complete. */
  async leavePart(context) {
    const { resumedFrom, result } = context
    const { data: at } = checkpointSchema.safeParse(resumedFrom)
    if (!at || at.listing.done === 0 || at.phase === 'files' || at.phase === 'end') return
    // The short list does not say when a machine last reported, nor does a list with missing values.
    const isLastSeenKnown = at.isLastSeenKnown && at.listing.source !== 'rest' && !at.listing.isPartial
    const { found } = await rank(context, { ...at, isLastSeenKnown })
    await result.columns(columns)
    await result.rows(found.map((one) => toRow(one, undefined)))
    const note = partOfList(at.listing)
    await result.detail(together([note, ...checksMissingAt(at.phase)]))
    await createCsvArtifact(context, { name: 'attention-list-part.csv', note })
  },
})

/** The checks that a run had not made when it stopped early. */
function checksMissingAt(phase: Checkpoint['phase']) {
  if (phase === 'rank') return []
  return [phase === 'services' ? say('servicesUnchecked') : say('healthAndServicesUnchecked')]
}

const lackOfServices: Record<Reading | 'not allowed', Lack | undefined> = {
  read: undefined,
  refused: 'servicesRefused',
  'no answer': 'servicesUnanswered',
  'not allowed': 'servicesNotAllowed',
}

interface Found {
  machine: KnownMachine
  /** At least one, the worst first. */
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
      ...{ reason: say(reason), why, since: before && !before.has(rowId(found)) ? say('new') : null },
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
function checksMade({ listing, areCountersRead, leftOut }: Checkpoint): string {
  const isLeftOut = (what: string) => leftOut.some((lack) => lack.startsWith(what))
  const made = [
    listing.source !== 'rest' && 'B',
    areCountersRead && 'F',
    !isLeftOut('health') && 'H',
    !isLeftOut('services') && 'S',
  ]
  return made.filter(Boolean).join('')
}

/** How far the checks went, where some of them were not made, or not on all that a machine has. */
function whatWasChecked(checks: string, checked: number) {
  return isOfParts(checks) ? say('checkedInPart', { checked }) : say('onlyCheckedOn', { checks, checked })
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
