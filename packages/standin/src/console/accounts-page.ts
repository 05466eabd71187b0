import { type InstallationState, installationStateSchema } from '@standin/contracts'
import { z } from 'zod'
import {
  countAccountsByState,
  countWaitingForDecision,
  type ListedAccount,
  listAccountsForOperator,
} from '../accounts/account-list-store.ts'
import { type Html, html } from '../http/html.ts'
import { accountLink } from './account-link.ts'
import { moment } from './ages.ts'
import { type Change, type ChangeName, changes } from './changes.ts'
import type { ConsoleContext, Visit } from './console-context.ts'
import type { ConsolePage } from './frame.ts'
import { icon, status } from './icon.ts'
import { stateWords } from './state-words.ts'

const perPage = 100

const asked = z.object({
  state: installationStateSchema.optional().catch(undefined),
  q: z.string().trim().max(100).catch(''),
  after: z.guid().optional().catch(undefined),
})

/** Accounts by their state, with a search, and with what can be decided about several at once. */
export async function accountsPage(ctx: ConsoleContext, { query, session, now }: Visit): Promise<ConsolePage> {
  const { state, q, after } = asked.parse({ q: '', ...Object.fromEntries(query) })
  const [counts, waiting, found] = await Promise.all([
    countAccountsByState(ctx.db),
    countWaitingForDecision(ctx.db),
    listAccountsForOperator(ctx.db, { state, search: q, after, limit: perPage + 1 }),
  ])
  const page = found.slice(0, perPage)
  const chips = {
    ...counts,
    ...(waiting.approval > 0 && { 'awaiting-approval': waiting.approval }),
    ...(waiting.quarantined > 0 && { quarantined: waiting.quarantined }),
  }
  return {
    title: state ? `Accounts: ${state}` : 'Accounts',
    tab: 'accounts',
    main: html`<h1>Accounts</h1>
<ul class="counts">${chip(undefined, sumOf(counts), state)}${(Object.entries(chips) as Array<[InstallationState, number]>).map(([name, count]) => chip(name, count, state))}</ul>
<form class="tools" role="search" action="/console/accounts">${state ? html`<input type="hidden" name="state" value="${state}">` : ''}<div><label class="lab" for="q">Account, name or client id</label><input class="in" type="search" id="q" name="q" value="${q}" maxlength="100" autocomplete="off" spellcheck="false"></div><button class="btn">Search</button></form>
${state ? html`<p class="lead">${stateWords[state].means} <b>${stateWords[state].toDo}</b></p>` : ''}
${page.length === 0 ? emptyPart(q, state) : listPart(page, { now, decisions: session.mayChange && state ? stateWords[state].decisions : [], state })}
${found.length > perPage ? html`<p class="more"><a class="btn" href="/console/accounts?${addressOf({ state, q, after: page.at(-1)?.accountId })}">The next ${perPage}</a></p>` : ''}`,
  }
}

function chip(name: InstallationState | undefined, count: number, current: InstallationState | undefined): Html {
  const mark = name === current ? html` aria-current="true"` : ''
  return html`<li><a href="/console/accounts${name ? `?state=${name}` : ''}"${mark}><b class="num">${count.toLocaleString('en')}</b> ${name ?? 'all'}</a></li>`
}

const emptyPart = (q: string, state: InstallationState | undefined) =>
  html`<p class="lead">${q ? `No account${state ? ` in this state` : ''} has “${q}” in its name, or an id or client id that begins so.` : state ? 'No account is in this state.' : 'No account has installed the app yet. Its callback would be the first.'}</p>`

interface Listing {
  now: Date
  decisions: readonly ChangeName[]
  state: InstallationState | undefined
}

function listPart(page: readonly ListedAccount[], { now, decisions, state }: Listing): Html {
  const mayTick = decisions.length > 0
  const rows = page.map((account) => {
    const { accountId, name, since, reason, generation, waiting, isUninstallSignalled } = account
    const meant = state !== undefined && waiting?.state === state ? waiting.generation : generation
    const tick = html`<td class="tick-cell"><input class="tick" type="checkbox" name="on" value="${accountId} ${meant ?? 0}" aria-label="Select ${accountId}"></td>`
    return html`<tr id="row-${accountId}">${mayTick ? tick : ''}<th scope="row"><span>${accountLink(accountId, name)}</span></th><td data-head="State">${status(stateWords[account.state].tone, account.state)}</td><td data-head="Since">${moment(since, now)}</td><td data-head="Reason">${reason ?? '–'}</td><td data-head="Generation" class="num">${generation ?? '–'}</td><td data-head="Waiting">${waiting ? status('warn', `generation ${waiting.generation}: ${waiting.state}`) : isUninstallSignalled ? status('warn', 'uninstall signalled') : '–'}</td></tr>`
  })
  const table = html`<table class="fold"><thead><tr>${mayTick ? html`<th scope="col"><input class="tick" type="checkbox" data-tick-all aria-label="Select all on this page"></th>` : ''}<th scope="col">Account</th><th scope="col">State</th><th scope="col">Since</th><th scope="col">Reason</th><th scope="col">Generation</th><th scope="col">Waiting</th></tr></thead><tbody>${rows}</tbody></table>`
  if (!mayTick) return table
  const buttons = decisions.map((name) => {
    const { button, isEnd }: Change = changes[name]
    return html`<button class="btn${isEnd ? ' stop' : ''}" name="change" value="${name}">${button}</button>`
  })
  return html`<form method="post" action="/console/change" id="decide"><div class="tools"><span class="small muted">${icon('wait')} With the selected ones:</span><span class="btns">${buttons}</span></div>${table}</form>`
}

const sumOf = (counts: Partial<Record<InstallationState, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

function addressOf(parts: Record<string, string | undefined>): string {
  const given = Object.entries(parts).filter((part): part is [string, string] => !!part[1])
  return new URLSearchParams(given).toString()
}
