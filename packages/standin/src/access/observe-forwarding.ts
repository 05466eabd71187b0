import type { IncomingHttpHeaders } from 'node:http'
import type { Context } from '../context.ts'
import { type Forwarded, saveForwarded } from './forwarding-store.ts'

export interface SeenForwarding {
  /** By the number of addresses, since the last save. */
  seen: Map<number, Forwarded>
  warnedAtMs: number
}

type ForwardingContext = Context & { access: { forwarding: SeenForwarding } }

const mostAddresses = 20
const warnEveryMs = 3_600_000

export const nothingForwarded = (): SeenForwarding => ({ seen: new Map(), warnedAtMs: Number.NEGATIVE_INFINITY })

interface ReceivedRequest {
  headers: IncomingHttpHeaders
  /** Where the request came from, as far as `TRUST_PROXY` allows. */
  ip: string
  socket: { remoteAddress?: string | undefined }
}

/** Counts how a request was forwarded, and whether `TRUST_PROXY` makes use of it. */
export function observeForwarding(
  { access: { forwarding } }: ForwardingContext,
  { headers, ip, socket }: ReceivedRequest,
): void {
  const header = [headers['x-forwarded-for'] ?? []].flat().join()
  const addresses = header === '' ? 0 : Math.min(header.split(',').length, mostAddresses)
  const isIgnored = addresses > 0 && ip === socket.remoteAddress
  const { count = 0, ignored = 0 } = forwarding.seen.get(addresses) ?? {}
  forwarding.seen.set(addresses, { addresses, count: count + 1, ignored: ignored + Number(isIgnored) })
}

/** For a timer. @returns false: there is no more to do now */
export async function saveForwarding(ctx: ForwardingContext): Promise<boolean> {
  const { forwarding } = ctx.access
  const seen = [...forwarding.seen.values()]
  if (seen.length === 0) return false
  warnOfIgnored(ctx, seen)
  forwarding.seen = new Map() // If it cannot be saved, nothing is lost but a few counts.
  await saveForwarded(ctx.db, { setting: ctx.config.http.proxySetting ?? '', seen, now: ctx.clock.now() })
  return false
}

/** Only if most requests have it: any sender can add the header. */
function warnOfIgnored({ config, clock, log, access: { forwarding } }: ForwardingContext, seen: Forwarded[]): void {
  const total = (name: 'count' | 'ignored') => seen.reduce((sum, each) => sum + each[name], 0)
  if (!config.production || total('ignored') * 2 <= total('count')) return
  if (clock.monotonicMs() - forwarding.warnedAtMs < warnEveryMs) return
  forwarding.warnedAtMs = clock.monotonicMs()
  log.warn(
    { requests: total('count'), ignored: total('ignored'), trustProxy: config.http.proxySetting },
    'X-Forwarded-For is ignored, so that callers behind a proxy share one address: see TRUST_PROXY, and run doctor',
  )
}
