import type { InstallationState } from '@standin/contracts'
import { listHolders } from '../audit/hand-out-store.ts'
import { listDeliveriesOf } from '../deliveries/delivery-list-store.ts'
import { toDelivery } from '../deliveries/delivery-store.ts'
import { type Html, html } from '../http/html.ts'
import { wordsOf } from '../operator/account-command.ts'
import { readAccountStory, readStoryPlace, type StoryEvent } from '../operator/account-story.ts'
import { describeForOperator, type InstallationForOperator } from '../operator/installations-output.ts'
import { printable } from '../operator/terminal.ts'
import { listRuns } from '../runs/run-list-store.ts'
import { age, moment } from './ages.ts'
import { changeButton } from './change-pages.ts'
import type { ChangeName } from './changes.ts'
import type { ConsoleContext, Visit } from './console-context.ts'
import type { ConsolePage } from './frame.ts'
import { icon, status, type Tone } from './icon.ts'
import { stateWords } from './state-words.ts'

const perPage = 100
const mostListed = 10

/** One account: its state and what to do, its credentials, its last runs and deliveries, and its story. */
export async function accountPage(
  ctx: ConsoleContext,
  accountId: string,
  { query, session, now }: Visit,
): Promise<ConsolePage> {
  const after = readStoryPlace(query.get('after') ?? '')
  const described = await describeForOperator(ctx, accountId)
  const [story, runs, deliveries, holders] = await Promise.all([
    readAccountStory(ctx, accountId, { after, limit: perPage }),
    listRuns(ctx.db, { accountId, limit: mostListed }),
    listDeliveriesOf(ctx.db, { accountId, limit: mostListed }),
    described.generation === null ? [] : listHolders(ctx.db, accountId, described.generation),
  ])
  const around = { now, mayChange: session.mayChange }
  const { tone, means, toDo } = stateWords[described.state]
  const name = described.accountName && printable(described.accountName, 80)
  return {
    title: `${name ?? `Account ${accountId.slice(0, 8)}`}: ${described.state}`,
    tab: 'accounts',
    main: html`<p class="small"><a href="/console/accounts">Accounts</a></p><h1>${name ?? accountId}</h1>${name ? html`<p class="small muted">${accountId}</p>` : ''}
<section class="notice ${tone === 'ok' ? '' : tone}">${icon(tone)}<div><h2 class="h">${described.state}${described.reason ? html`: ${described.reason}` : ''}</h2><p>${described.since ? html`Since ${moment(described.since, now)}. ` : ''}${means}${described.waiting.length > 0 && tone === 'ok' ? '' : html` <b>${toDo}</b>`}</p>${factsPart(described, now)}${buttonsPart(described, around)}</div></section>
<section><h2>Credentials</h2>${credentialsPart(described, around)}</section>
${runs.length > 0 ? html`<section><h2>Last runs</h2>${runsPart(runs, around)}</section>` : ''}
${deliveries.length > 0 ? html`<section><h2>Last deliveries</h2>${deliveriesPart(deliveries.map(toDelivery), around)}</section>` : ''}
${holders.length > 0 ? html`<section><h2>Who got tokens of generation ${described.generation ?? ''}</h2>${holdersPart(holders, now)}</section>` : ''}
<section><h2>Story${after === undefined ? '' : html` up to ${moment(after.at, now)}`}</h2>${storyPart(story.events, now)}${story.next ? html`<p class="more"><a class="btn" href="/console/accounts/${accountId}?after=${story.next}">Older</a></p>` : ''}</section>`,
  }
}

interface Around {
  now: Date
  mayChange: boolean
}

function factsPart(
  { tries, uninstallSignalledAt, erasesAt, deniedScopes, waiting }: InstallationForOperator,
  now: Date,
): Html {
  const facts = [
    ...waiting.map(
      ({ generation, state }) => html`<li><b>Generation ${generation} is ${state}.</b> ${stateWords[state].toDo}</li>`,
    ),
    ...(tries
      ? [
          html`<li>Tried ${tries.count === 1 ? 'once' : `${tries.count} times`}${tries.lastAt ? html`, last ${moment(tries.lastAt, now)}` : ''}${tries.nextAt ? html`, next ${age(new Date(tries.nextAt), now)}` : ''}${tries.endsAt ? html`, given up ${age(new Date(tries.endsAt), now)}` : ''}.</li>`,
        ]
      : []),
    ...(uninstallSignalledAt ? [html`<li>An uninstall was signalled ${moment(uninstallSignalledAt, now)}.</li>`] : []),
    ...(erasesAt ? [html`<li><b>It is erased ${age(new Date(erasesAt), now)}</b> unless it is restored.</li>`] : []),
    ...(deniedScopes.length > 0 ? [html`<li>Not granted: ${deniedScopes.join(' ')}.</li>`] : []),
  ]
  return facts.length > 0 ? html`<ul class="small">${facts}</ul>` : html``
}

/** What can be decided about the account as a whole. */
function buttonsPart(
  { accountId, state, uninstallSignalledAt, pausedAt }: InstallationForOperator,
  { mayChange }: Around,
): Html {
  const names: ChangeName[] = [
    ...(state === 'pending' || state === 'parked' ? (['try'] as const) : []),
    ...(state === 'suspended' ? (['restore'] as const) : []),
    ...(uninstallSignalledAt && state !== 'suspended' ? (['dismiss'] as const) : []),
    ...(pausedAt ? (['resume'] as const) : isErasable(state) ? (['pause'] as const) : []),
    ...(isErasable(state) ? (['erase'] as const) : []),
  ]
  if (!mayChange || names.length === 0) return html``
  return html`<div class="btns">${names.map((name) => changeButton(name, `${accountId} 0`, accountId))}</div>`
}

const isErasable = (state: InstallationState) => state !== 'uninstalled' && state !== 'none'

/** What can be decided about one generation, by its state. */
const ofGeneration: Partial<Record<InstallationState, readonly ChangeName[]>> = {
  'awaiting-approval': ['approve', 'refuse'],
  quarantined: ['release'],
  superseded: ['rollback'],
  rejected: ['rollback'],
}

function credentialsPart({ accountId, generations }: InstallationForOperator, { now, mayChange }: Around): Html {
  if (generations.length === 0) return html`<p class="lead">There are none: no callback of this account is known.</p>`
  const rows = generations.map(({ generation, state, reason, bound, since, clientId, kept }) => {
    const names = kept ? (ofGeneration[state] ?? []) : []
    const buttons = names.map((name) => changeButton(name, `${accountId} ${generation}`, `generation ${generation}`))
    const remarks = [...(reason ? [reason] : []), ...(bound ? [] : ['not bound']), ...(kept ? [] : ['secret erased'])]
    return html`<tr id="generation-${generation}"><th scope="row">${generation}</th><td data-head="State">${status(stateWords[state].tone, state)}</td><td data-head="Since">${moment(since, now)}</td><td data-head="Client">${clientId}</td><td data-head="Remarks">${remarks.join(', ') || '–'}</td>${mayChange ? html`<td><span class="btns">${buttons}</span></td>` : ''}</tr>`
  })
  return html`<table class="fold"><thead><tr><th scope="col">Generation</th><th scope="col">State</th><th scope="col">Since</th><th scope="col">Client</th><th scope="col">Remarks</th>${mayChange ? html`<th scope="col">Decide</th>` : ''}</tr></thead><tbody>${rows}</tbody></table>`
}

const toneOfRun: Readonly<Record<string, Tone>> = { succeeded: 'ok', failed: 'bad', cancelled: 'warn' }

function runsPart(runs: Awaited<ReturnType<typeof listRuns>>, { now, mayChange }: Around): Html {
  const rows = runs.map(({ id, actionId, state, reason, createdAt, endedAt, startedBy }) => {
    const button = changeButton(endedAt ? 'retry-run' : 'cancel-run', id, `run ${id}`)
    return html`<tr id="run-${id}"><th scope="row"><span>${printable(actionId, 64)}<br><code class="small muted">${id}</code></span></th><td data-head="State">${status(toneOfRun[state] ?? 'wait', reason ? `${state}: ${reason}` : state)}</td><td data-head="Created">${moment(createdAt, now)}</td><td data-head="Ended">${moment(endedAt, now)}</td><td data-head="Started by">${printable(`${startedBy.kind} ${startedBy.name ?? startedBy.id}`, 64)}</td>${mayChange ? html`<td>${button}</td>` : ''}</tr>`
  })
  return html`<table class="fold"><thead><tr><th scope="col">Action</th><th scope="col">State</th><th scope="col">Created</th><th scope="col">Ended</th><th scope="col">Started by</th>${mayChange ? html`<th scope="col">Decide</th>` : ''}</tr></thead><tbody>${rows}</tbody></table>`
}

function deliveriesPart(deliveries: ReadonlyArray<ReturnType<typeof toDelivery>>, { now, mayChange }: Around): Html {
  const rows = deliveries.map(({ id, kind, to, state, reason, attempts, nextTryAt, endedAt }) => {
    const tone = state === 'failed' ? 'bad' : state === 'delivered' ? 'ok' : 'wait'
    const button = state === 'failed' ? changeButton('retry-delivery', id, `delivery ${id}`) : ''
    return html`<tr id="delivery-${id.replace('/', '-')}"><th scope="row">${kind} to ${printable(to, 100)}</th><td data-head="State">${status(tone, reason ? `${state}: ${reason}` : state)}</td><td data-head="Attempts" class="num">${attempts}</td><td data-head="Next try">${moment(nextTryAt, now)}</td><td data-head="Ended">${moment(endedAt, now)}</td>${mayChange ? html`<td>${button}</td>` : ''}</tr>`
  })
  return html`<table class="fold"><thead><tr><th scope="col">To</th><th scope="col">State</th><th scope="col">Attempts</th><th scope="col">Next try</th><th scope="col">Ended</th>${mayChange ? html`<th scope="col">Decide</th>` : ''}</tr></thead><tbody>${rows}</tbody></table>`
}

function holdersPart(holders: Awaited<ReturnType<typeof listHolders>>, now: Date): Html {
  const rows = holders.map(({ actorKind, actorId, key, tokens, handOuts, lastAt, scopes }) => {
    const who = `${actorKind} ${printable(actorId)}`
    return html`<tr><th scope="row">${who}</th><td data-head="Key">${key ?? '–'}</td><td data-head="Tokens" class="num">${tokens}, ${handOuts} times</td><td data-head="Last">${moment(lastAt, now)}</td><td data-head="Scopes">${printable(scopes.join(' '))}</td></tr>`
  })
  return html`<table class="fold"><thead><tr><th scope="col">Holder</th><th scope="col">Key</th><th scope="col">Tokens</th><th scope="col">Last</th><th scope="col">Scopes</th></tr></thead><tbody>${rows}</tbody></table>`
}

function storyPart(events: readonly StoryEvent[], now: Date): Html {
  if (events.length === 0) return html`<p class="lead">Nothing is known about this account.</p>`
  const lines = events.map((each) => {
    const { at, firstAt, event, actor, generation, details, times } = each
    const more = [
      ...(generation === null ? [] : [`generation ${generation}`]),
      printable(wordsOf(details), 300),
    ].filter(Boolean)
    return html`<li><span class="when">${moment(at, now)}</span>${icon(toneOf(event))}<div class="what"><p><b>${readable(event)}</b>${times > 1 ? html`, ${times} times since ${moment(firstAt, now)}` : ''} <span class="muted">by ${printable(actor, 64)}</span></p><p class="small muted">${more.join(' · ')}</p></div></li>`
  })
  return html`<ol class="line">${lines}</ol>`
}

/** `credentials.awaiting-approval` as words. */
const readable = (event: string) => {
  const words = event.replaceAll(/[.-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function toneOf(event: string): Tone {
  if (/failed|rejected|refused|quarantined|parked|abandoned|set-aside|unknown/.test(event)) return 'bad'
  if (/awaiting|suspended|paused|signalled|cancelled|uninstalled|declined|superseded|ignored/.test(event)) return 'warn'
  return /proven|approved|succeeded|sent$|restored|resumed|accepted|made/.test(event) ? 'ok' : 'wait'
}
