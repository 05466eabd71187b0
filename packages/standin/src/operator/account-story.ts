import { z } from 'zod'
import { listAudit } from '../activity/activity-store.ts'
import { listCallbacksOf } from '../callbacks/callback-store.ts'
import type { Context } from '../context.ts'

/** What an event is about. */
export type StoryKind = 'callback' | 'credentials' | 'hand-out' | 'run' | 'delivery' | 'other'

/** One line of an account's story. */
export interface StoryEvent {
  at: Date
  kind: StoryKind
  /** What happened, as noun and past verb: `credentials.proven`. */
  event: string
  /** Who did it: `operator console`, `service reports`. */
  actor: string
  generation: number | null
  /** Names, ids, scopes. Never a secret, never a token. */
  details: Record<string, unknown>
  /** How many of the same followed each other: hand-outs of one token to one service. */
  times: number
  /** When the first of them was. */
  firstAt: Date
}

const kinds: ReadonlyArray<[RegExp, StoryKind]> = [
  [/^token\.|^hand-out\./, 'hand-out'],
  [/^credentials\.|^installation\./, 'credentials'],
  [/^run\.|^artifact\.|^change\./, 'run'],
  [/^delivery\./, 'delivery'],
  [/^callback\./, 'callback'],
]
const kindOf = (event: string): StoryKind => kinds.find(([pattern]) => pattern.test(event))?.[1] ?? 'other'

/** The last event of a page. The next page continues after it, even among events of the same moment. */
const placeSchema = z.object({
  at: z.iso.datetime().transform((text) => new Date(text)),
  callback: z.guid().optional(),
  audit: z.object({ number: z.int(), writer: z.string().max(200).optional() }).optional(),
})
export type StoryPlace = z.infer<typeof placeSchema>

/** Reads a place from the text that a page returned. @returns undefined if it is not one */
export function readStoryPlace(text: string): StoryPlace | undefined {
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
  } catch {
    return undefined
  }
}

const textOf = (place: StoryPlace) => Buffer.from(JSON.stringify(place)).toString('base64url')

interface StoryPage {
  after?: StoryPlace | undefined
  limit: number
}

/**
 * All that happened on an account on one time line, the newest first: its callbacks, and what the audit has about its
 * credentials, tokens, runs and deliveries. Hand-outs of one set of credentials to one receiver that follow each other are
 * one line.
 * @returns the events, and the place after which the next page begins; undefined on the last page
 */
export async function readAccountStory(
  { db }: Pick<Context, 'db'>,
  accountId: string,
  { after, limit }: StoryPage,
): Promise<{ events: StoryEvent[]; next: string | undefined }> {
  // Callbacks come before audit entries of the same moment: after a callback, all those entries are still to come.
  const before = after && {
    at: after.at,
    ...(after.audit ? written(after.audit) : { number: Number.MAX_SAFE_INTEGER }),
  }
  const [callbacks, audited] = await Promise.all([
    listCallbacksOf(db, accountId, { after: after && { at: after.at, id: after.callback }, limit: limit + 1 }),
    listAudit(db, { accountId }, { before, limit: limit + 1 }),
  ])
  const placed = [
    ...callbacks.map(({ id, receivedAt: at, type, outcome, generation, issuedAt }) => ({
      place: { at, callback: id },
      event: {
        at,
        firstAt: at,
        times: 1,
        kind: 'callback' as const,
        actor: 'trackunit',
        generation,
        event: `callback.${outcome}`,
        details: { type, issuedAt: issuedAt.toISOString() },
      },
    })),
    ...audited.map(({ place, entry: { at, event, actor, generation, details } }) => ({
      place: { at: place.at, audit: place },
      event: {
        at: new Date(at),
        firstAt: new Date(at),
        times: 1,
        kind: kindOf(event),
        event,
        generation,
        details,
        actor: `${actor.kind} ${actor.name ?? actor.id}`,
      },
    })),
  ].sort((one, other) => other.place.at.getTime() - one.place.at.getTime())
  const page = placed.slice(0, limit)
  const last = page.at(-1)
  return {
    events: joined(page.map(({ event }) => event)),
    next: last && placed.length > limit ? textOf(last.place) : undefined,
  }
}

const written = ({ number, writer }: NonNullable<StoryPlace['audit']>) => ({
  number,
  ...(writer !== undefined && { writer }),
})

/** @param events the newest first */
function joined(events: readonly StoryEvent[]): StoryEvent[] {
  const lines: StoryEvent[] = []
  for (const event of events) {
    const last = lines.at(-1)
    const isSame =
      last?.event === 'token.issued' &&
      event.event === last.event &&
      event.actor === last.actor &&
      event.generation === last.generation
    if (last && isSame) lines[lines.length - 1] = { ...last, times: last.times + 1, firstAt: event.firstAt }
    else lines.push(event)
  }
  return lines
}
