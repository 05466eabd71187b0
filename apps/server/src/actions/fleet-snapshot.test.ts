import type { Connection, RunContext, TrackunitClient } from 'standin'
import { describe, expect, test } from 'vitest'
import { fleetSnapshot } from './fleet-snapshot.ts'
import { actions } from './index.ts'

type Machine = { id: string; [field: string]: unknown }

interface Given {
  machines: Machine[]
  /** What the count says; null: it cannot be had. */
  counted?: number | null
  isPartial?: boolean
  /** What a checkpoint kept, and the file as it was then. */
  resumedFrom?: unknown
  file?: string
  /** The worker dies after this many pages. */
  diesAfterPages?: number
  /** As some APIs do, the last page is empty and has no cursor. */
  emptyLastPage?: boolean
}

class Death extends Error {}

/** Runs the action on a fleet, with what the server would keep of it. */
async function takeSnapshot(given: Given) {
  const { machines, counted = machines.length, isPartial = false, resumedFrom, emptyLastPage = false } = given
  const kept = { file: given.file ?? '', checkpoint: resumedFrom }
  const told: {
    headline?: string
    steps: string[]
    log: string[]
    progress: Array<{ done: number; total: number | null }>
  } = {
    steps: [],
    log: [],
    progress: [],
  }
  let written = kept.file
  let pages = 0

  const trackunit = {
    async graphql(_document: string, { first, after }: { first: number; after: string | null }) {
      if (pages === given.diesAfterPages) throw new Death()
      pages++
      const from = after === null ? 0 : Number(after)
      const nodes = machines.slice(from, from + first)
      const isLast = from + first >= machines.length && !(emptyLastPage && nodes.length > 0)
      const assets: Connection<Machine> = {
        edges: nodes.map((node) => ({ node })),
        pageInfo: { endCursor: nodes.length > 0 ? String(from + nodes.length) : null, hasNextPage: !isLast },
      }
      return { data: { assets }, isPartial }
    },
    async get() {
      if (counted === null) throw new Error('no')
      return { totalElements: counted }
    },
  } as unknown as TrackunitClient

  const context: RunContext<Record<string, never>> = {
    accountId: '11111111-2222-3333-4444-555555555555',
    input: {},
    mode: 'apply',
    trackunit,
    signal: new AbortController().signal,
    resumedFrom,
    progress: async ({ done, total }) => void told.progress.push({ done, total }),
    checkpoint: async (state) => {
      kept.file = written
      kept.checkpoint = JSON.parse(JSON.stringify(state))
    },
    artifact: async () => ({
      id: 'file',
      isEmpty: written === '',
      write: async (text) => {
        written += text
      },
    }),
    log: async (message) => void told.log.push(message),
    headline: async (sentence) => {
      told.headline = sentence
    },
    step: async (name, work) => {
      told.steps.push(name)
      return work()
    },
  }
  const died = await fleetSnapshot.run(context).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Death) return true
      throw error
    },
  )
  return { ...told, kept, died, lines: written.replace('\uFEFF', '').split('\r\n').slice(0, -1), text: written }
}

const fleet = (count: number): Machine[] =>
  Array.from({ length: count }, (_, index) => ({ id: `m${index + 1}`, name: `Machine ${index + 1}` }))
const idsOf = (lines: string[]) => lines.slice(1).map((line) => line.split(',')[0])
const idsOfFleet = (count: number) => fleet(count).map(({ id }) => id)

const excavator: Machine = {
  id: 'm1',
  name: 'Excavator',
  brand: 'Volvo',
  model: 'EC220',
  serialNumber: 'S-1',
  assetType: 'EXCAVATOR',
  lastSeen: '2026-01-01T00:00:00Z',
  insights: { fuelLevel: 55, batteryStateOfChargePercent: 0, cumulativeOperatingHours: 1234.5 },
  locations: {
    latest: {
      geometry: { coordinates: [-58.38, -34.6] },
      properties: { address: { streetAddress: 'Av. 1', city: 'Buenos Aires', country: 'AR' } },
    },
  },
  sites: { edges: [{ node: { name: 'Harbour' } }] },
}

describe('fleet snapshot', () => {
  test('a fleet without machines is a file with its head line alone, and says so', async () => {
    const { lines, headline } = await takeSnapshot({ machines: [] })

    expect(lines).toHaveLength(1)
    expect(headline).toBe('There are no machines on this account yet.')
  })

  test('a machine is a row with all that is known of it; south and west stay numbers', async () => {
    const { lines, headline, text } = await takeSnapshot({ machines: [excavator] })

    expect(text.startsWith('\uFEFFid,name,brand,')).toBe(true)
    expect(lines[1]).toBe(
      'm1,Excavator,Volvo,EC220,S-1,EXCAVATOR,2026-01-01T00:00:00Z,1234.5,55,0,-34.6,-58.38,"Av. 1, Buenos Aires, AR",Harbour',
    )
    expect(headline).toBe('1 machine listed on 1 site.')
  })

  test('a fleet of more than a page is listed whole, in order, each machine once', async () => {
    const { lines, headline, progress, steps } = await takeSnapshot({ machines: fleet(101) })

    expect(idsOf(lines)).toEqual(idsOfFleet(101))
    expect(headline).toBe('101 machines listed on 0 sites.')
    expect(progress.at(-1)).toEqual({ done: 101, total: 101 })
    expect(steps).toEqual(['Count machines', 'List machines'])
  })

  test.for([
    { title: 'cannot be had', counted: null },
    { title: 'is too small', counted: 5 },
    { title: 'is too large', counted: 500 },
  ])('the count $title: progress is never more than all, and all at the end', async ({ counted }) => {
    const { progress } = await takeSnapshot({ machines: fleet(101), counted })

    for (const { done, total } of progress) if (total !== null) expect(done).toBeLessThanOrEqual(total)
    expect(progress.at(-1)).toEqual({ done: 101, total: 101 })
  })

  test('what Trackunit left out is empty, and said', async () => {
    const bare: Machine = {
      id: 'm1',
      name: null,
      insights: null,
      locations: { latest: null },
      sites: { edges: [null] },
    }
    const { lines, log } = await takeSnapshot({ machines: [bare], isPartial: true })

    expect(lines[1]).toBe(`m1${','.repeat(13)}`)
    expect(log).toEqual(['Trackunit left out some values; their fields are empty.'])
  })

  test.for(['=HYPERLINK("http://x")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    'a name cannot become a formula: %s',
    async (name) => {
      const { lines } = await takeSnapshot({ machines: [{ id: 'm1', name }] })

      const cell = lines[1]?.slice('m1,'.length).replace(/^"/, '')
      expect(cell?.startsWith("'")).toBe(true)
    },
  )

  test('quotes, commas and line breaks of a name stay in their field', async () => {
    const { text } = await takeSnapshot({ machines: [{ id: 'm1', name: 'a "b", c\nd' }] })
    expect(text).toContain('m1,"a ""b"", c\nd",')
  })
})

describe('invariant 19: another worker goes on from the last checkpoint', () => {
  test.for([
    { dies: 0, emptyLastPage: false },
    { dies: 1, emptyLastPage: false },
    { dies: 2, emptyLastPage: false },
    { dies: 3, emptyLastPage: true },
  ])('after $dies pages, no machine is missing and none comes twice', async ({ dies, emptyLastPage }) => {
    const fleetOf = { machines: [excavator, ...fleet(250).slice(1)], emptyLastPage }
    const first = await takeSnapshot({ ...fleetOf, isPartial: true, diesAfterPages: dies })
    expect(first.died).toBe(true)

    const { file, checkpoint } = first.kept
    const second = await takeSnapshot({
      ...fleetOf,
      file,
      ...(checkpoint !== undefined && { resumedFrom: checkpoint }),
    })

    expect(idsOf(second.lines)).toEqual(idsOfFleet(250))
    expect(second.headline).toBe('250 machines listed on 1 site.')
    expect(second.log).toHaveLength(dies > 0 ? 1 : 0) // What the first one saw missing is still missing.
  })

  test('one that had listed all when it died ends the same, also where the last page was empty', async () => {
    const fleetOf = { machines: fleet(100), emptyLastPage: true }
    const all = await takeSnapshot(fleetOf)

    const again = await takeSnapshot({ ...fleetOf, file: all.kept.file, resumedFrom: all.kept.checkpoint })

    expect(idsOf(again.lines)).toEqual(idsOfFleet(100))
  })
})

test('every action of this folder is in the list', async () => {
  const { readdir } = await import('node:fs/promises')
  const files = await readdir(new URL('.', import.meta.url))
  const expected = files
    .filter((file) => !file.endsWith('.test.ts') && file !== 'index.ts')
    .map((file) => file.replace('.ts', ''))
  expect(actions.map(({ id }) => id).sort()).toEqual(expected.sort())
})
