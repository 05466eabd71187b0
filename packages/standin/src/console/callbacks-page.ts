import { type HeldCallback, listHeld } from '../callbacks/held/held-callback-store.ts'
import { readRejections } from '../callbacks/rejected/rejection-store.ts'
import { type Html, html } from '../http/html.ts'
import { type Named, withNames } from '../operator/account-names.ts'
import { describeHeld, describeSample } from '../operator/callbacks-output.ts'
import { accountLink } from './account-link.ts'
import { moment } from './ages.ts'
import { changeButton } from './change-pages.ts'
import type { ConsoleContext, Visit } from './console-context.ts'
import type { ConsolePage } from './frame.ts'
import { status } from './icon.ts'

/** The most rows of each list. */
const mostRows = 200

/** Why a callback is held, and what mends it: see *Callbacks* in `docs/operating.md`. */
const remedies: Partial<Record<HeldCallback['reason'], string>> = {
  IDENTITY_MISMATCH: 'CALLBACK_AUDIENCE is wrong, or someone replays another app’s JWTs. See “identity observed”.',
  NOT_FOUND: 'The manifest’s address does not end in CALLBACK_PATH_SECRET. See “callbacks url”.',
  KEYS_UNAVAILABLE: 'Its key is not known yet. It is verified after the next fetch, nothing is to be done.',
  UNSUPPORTED_MEDIA_TYPE: 'It came as another media type.',
}

/** Callbacks that have no effect: those that are kept, with their release, and those that were counted and dropped. */
export async function callbacksPage(ctx: ConsoleContext, { session, now }: Visit): Promise<ConsolePage> {
  const [held, { counts, samples }] = await Promise.all([
    listHeld(ctx.db, { limit: mostRows + 1 }).then((rows) => withNames(ctx, rows)),
    readRejections(ctx.db, { samples: 20 }),
  ])
  return {
    title: held.length > 0 ? `${held.length > mostRows ? `${mostRows}+` : held.length} callbacks held` : 'Callbacks',
    tab: 'callbacks',
    main: html`<h1>Callbacks</h1>
<section><h2>Held</h2>${held.length === 0 ? html`<p class="lead">No callback is held. Those that broke a rule but may be genuine, or cannot be verified yet, would be here.</p>` : heldPart(held, { now, mayChange: session.mayChange })}</section>
<section><h2>Rejected</h2>${counts.length === 0 ? html`<p class="lead">No callback was rejected in the last 30 days.</p>` : html`<p class="lead">Counted by day, and not kept. <code>standin callbacks rejected</code> is the same.</p>${countsPart(counts)}`}</section>
${samples.length > 0 ? html`<section><h2>What they looked like</h2>${samplesPart(samples.map(describeSample), now)}</section>` : ''}`,
  }
}

function heldPart(
  held: ReadonlyArray<Named<HeldCallback>>,
  { now, mayChange }: { now: Date; mayChange: boolean },
): Html {
  const rows = held.slice(0, mostRows).map((row) => {
    const { id, state, reason, accountId, address } = describeHeld(row)
    const { accountName } = row
    const about = accountId ? html`<span>${accountLink(accountId, accountName)}</span>` : '–'
    const release =
      mayChange && state === 'held' ? html`<td>${changeButton('release-callback', id, `callback ${id}`)}</td>` : ''
    return html`<tr id="held-${id}"><th scope="row">${moment(row.receivedAt, now)}</th><td data-head="State">${status(state === 'held' ? 'warn' : 'wait', state)}</td><td data-head="Reason"><span>${reason}<br><span class="small muted">${remedies[row.reason] ?? ''}</span></span></td><td data-head="Account">${about}</td><td data-head="From">${address}</td>${release}</tr>`
  })
  return html`<p class="lead">Fix the setting first, then release. Do not release one for an account that is not your customer. They are kept for 30 days.</p>
<table class="fold"><thead><tr><th scope="col">Received</th><th scope="col">State</th><th scope="col">Rule</th><th scope="col">Account</th><th scope="col">From</th>${mayChange ? html`<th scope="col">Decide</th>` : ''}</tr></thead><tbody>${rows}</tbody></table>
${held.length > mostRows ? html`<p class="more small muted">There are more: <code>standin callbacks held</code> lists 1,000.</p>` : ''}`
}

function countsPart(counts: ReadonlyArray<{ day: string; reason: string; count: number }>): Html {
  const rows = counts.map(
    ({ day, reason, count }) =>
      html`<tr><th scope="row"><time datetime="${day}">${day}</time></th><td data-head="Reason">${reason}</td><td data-head="Times" class="num">${count.toLocaleString('en')}</td></tr>`,
  )
  return html`<table class="fold"><thead><tr><th scope="col">Day</th><th scope="col">Reason</th><th scope="col">Times</th></tr></thead><tbody>${rows}</tbody></table>`
}

function samplesPart(samples: ReadonlyArray<ReturnType<typeof describeSample>>, now: Date): Html {
  const rows = samples.map(({ at, reason, address, mediaType, bodyBytes, algorithm, keyId, claimNames }) => {
    const jwt =
      algorithm === null ? 'none' : `${algorithm}, key ${keyId ?? '–'}, claims ${claimNames?.join(' ') ?? '–'}`
    return html`<tr><th scope="row">${moment(at, now)}</th><td data-head="Reason">${reason}</td><td data-head="From">${address}</td><td data-head="Body">${bodyBytes === null ? 'not read' : `${bodyBytes} bytes`}, ${mediaType ?? 'no media type'}</td><td data-head="JWT">${jwt}</td></tr>`
  })
  return html`<table class="fold"><thead><tr><th scope="col">At</th><th scope="col">Reason</th><th scope="col">From</th><th scope="col">Body</th><th scope="col">JWT</th></tr></thead><tbody>${rows}</tbody></table>`
}
