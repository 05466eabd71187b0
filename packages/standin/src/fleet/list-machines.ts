import type { KeyedMessage } from '@standin/contracts'
import { z } from 'zod'
import type { RunContext } from '../actions/define-action.ts'
import type { SeenMachine } from '../machines/machine-register.ts'
import { StandinError } from '../standin-error.ts'
import { countAssets } from '../trackunit/count-assets.ts'
import { isRefused } from '../trackunit/is-refused.ts'
import { createNews } from '../trackunit/news.ts'
import { pages } from '../trackunit/pages.ts'
import { number } from './answered.ts'
import {
  type AssetsAnswer,
  assetsDocument,
  assetsDocumentWithoutGroups,
  toBareMachine,
  toSeenMachine,
} from './asset.ts'
import { sayOfMachines } from './machine-messages.ts'

/** What these requests need. A reader with these scopes may see the answers, even if the run has more. */
export const scopesOfMachines = ['asset.view']

const pageSize = 100
const restPageSize = 1_000

/** How far the list is: kept at every page, so that another worker can continue. */
export const listingSchema = z.object({
  source: z.enum(['graphql', 'graphql-without-groups', 'rest']).default('graphql'),
  after: z.string().nullable().default(null),
  page: z.number().default(0),
  done: z.number().default(0),
  total: z.number().nullable().default(null),
  isComplete: z.boolean().default(false),
  isPartial: z.boolean().default(false),
  /** Machines that Trackunit listed without any data. */
  vanished: z.number().default(0),
  /** Trackunit announced more machines but gave no way to read them. */
  isCut: z.boolean().default(false),
  /** For numbered pages: the number of machines when the last page was read. */
  elements: z.number().nullable().default(null),
})
export type Listing = z.infer<typeof listingSchema>

export const newListing = (): Listing => listingSchema.parse({})

type Context = Pick<RunContext<unknown>, 'trackunit' | 'machines' | 'progress' | 'log'>

/**
 * Reads every machine of the account into the register: with GraphQL, or, if the plan or the permissions lack it, with the
 * REST list, which has neither sites nor counters.
 * @param keep is called with the state after every page
 */
export async function listMachines(
  context: Context,
  { listing, keep }: { listing: Listing; keep: (listing: Listing) => Promise<void> },
): Promise<Listing> {
  const { trackunit, log } = context
  let at = listing
  if (at.total === null) {
    at = { ...at, total: await countAssets(trackunit) } // Null: progress then has no end.
    await keep(at)
  }
  while (!at.isComplete) {
    try {
      at = at.source === 'rest' ? await listByRest(context, { at, keep }) : await listByGraphql(context, { at, keep })
    } catch (error) {
      const next = nextSource(at, error)
      if (!next) throw error
      if (next === 'rest') await log(sayOfMachines('shortList'))
      at = { ...newListing(), source: next, total: at.total }
    }
  }
  if (!at.isCut && !at.isPartial) await context.machines.keepWhole()
  return at
}

/** Only a refusal of the first page means that the source is not available. */
function nextSource({ source, done }: Listing, error: unknown): Listing['source'] | undefined {
  if (!isRefused(error) || done > 0) return undefined
  switch (source) {
    case 'graphql':
      return 'graphql-without-groups'
    case 'graphql-without-groups':
      return 'rest'
    case 'rest':
      return undefined
  }
}

type Part = { at: Listing; keep: (listing: Listing) => Promise<void> }

async function listByGraphql(context: Context, { at: from, keep }: Part): Promise<Listing> {
  let at = from
  const news = createNews()
  const document = from.source === 'graphql' ? assetsDocument : assetsDocumentWithoutGroups
  const fetchPage = async (after: string | null) => {
    const { data, isPartial } = await context.trackunit.graphql<AssetsAnswer>(document, { first: pageSize, after })
    if (!data.assets) throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'It answered without machines.' })
    const empty = (data.assets.edges ?? []).filter((edge) => !edge?.node).length
    at = { ...at, isPartial: at.isPartial || isPartial, vanished: at.vanished + empty }
    return data.assets
  }
  await context.progress({ done: at.done, total: at.total, message: sayOfMachines('machinesListed') })
  for await (const { nodes, endCursor, isCut } of pages(fetchPage, at.after)) {
    // A last page without machines has no cursor: null would start again.
    at = await keepPage(context, {
      at: { ...at, after: endCursor ?? at.after, isCut },
      seen: nodes.map(toSeenMachine),
      news,
    })
    await keep(at)
    if (news.isEndless()) return { ...at, total: at.done, isComplete: true, isCut: true }
  }
  return { ...at, total: at.done, isComplete: true }
}

async function listByRest(context: Context, { at: from, keep }: Part): Promise<Listing> {
  const news = createNews()
  const fetchPage = async (page: number) =>
    restPageSchema.parse(await context.trackunit.get('/api/asset/v2/assets', { size: restPageSize, page }))
  for (let at = from; ; ) {
    const { content, totalPages, totalElements } = await fetchPage(at.page)
    // If a machine was removed, the others moved up: the first one of this page is now on the previous page.
    const hasShifted = at.page > 0 && (totalElements ?? 0) < (at.elements ?? 0)
    const movedUp = hasShifted ? (await fetchPage(at.page - 1)).content : []
    const seen = [...movedUp, ...content].map(toBareMachine)
    at = await keepPage(context, { at: { ...at, page: at.page + 1, elements: totalElements }, seen, news })
    await keep(at)
    const isCut = news.isEndless()
    if (isCut || at.page >= totalPages) return { ...at, total: at.done, isComplete: true, isCut }
  }
}

/** A machine that appears twice because the list shifted counts once. */
async function keepPage(
  { machines, progress }: Context,
  {
    at,
    seen,
    news,
  }: { at: Listing; seen: ReadonlyArray<SeenMachine | undefined>; news: ReturnType<typeof createNews> },
): Promise<Listing> {
  const known = seen.filter((machine) => machine !== undefined)
  await machines.keep(known, { readWith: scopesOfMachines })
  const done = at.done + news.count(known.map(({ id }) => id))
  const total = at.total === null ? null : Math.max(at.total, done)
  await progress({ done, total, message: sayOfMachines('machinesListed') })
  return { ...at, done, total, isPartial: at.isPartial || known.length < seen.length }
}

const restPageSchema = z
  .object({ content: z.array(z.unknown()), totalPages: z.number(), totalElements: number })
  .catch(() => {
    throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'The list of machines was not readable.' })
  })

/** What a list lacks, for its readers. */
export function lacksOfList(listing: Listing): KeyedMessage[] {
  const { vanished } = listing
  return [...gapsOfList(listing), ...(vanished > 0 ? [sayOfMachines('machinesRemoved', { count: vanished })] : [])]
}

/** What could not be read. A machine that was removed in the meantime is no gap. */
export function gapsOfList({ source, isPartial, vanished, isCut }: Listing): KeyedMessage[] {
  return [
    ...(isCut ? [sayOfMachines('listCut')] : []),
    ...(source === 'rest' ? [sayOfMachines('sitesMissing')] : []),
    ...(isPartial && vanished === 0 ? [sayOfMachines('valuesMissing')] : []),
  ]
}

/** How much of a list was read when it stopped early. */
export function partOfList({ done, total }: Listing): KeyedMessage {
  return total === null || total <= done
    ? sayOfMachines('partComplete', { done })
    : sayOfMachines('partIncomplete', { done, missing: total - done })
}
