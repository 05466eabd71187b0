import { type GrantRow, listGrants, listServiceKeys, type ServiceKeyRow } from '../access/access-store.ts'
import { type NewestHandOut, newestHandOuts } from '../audit/newest-hand-outs-store.ts'
import { dayMs } from '../clock.ts'
import { type Html, html } from '../http/html.ts'
import { type Named, withNames } from '../operator/account-names.ts'
import { printable } from '../operator/terminal.ts'
import { accountLink } from './account-link.ts'
import { age, moment } from './ages.ts'
import { changeButton } from './change-pages.ts'
import type { ConsoleContext, Visit } from './console-context.ts'
import type { ConsolePage } from './frame.ts'
import { status } from './icon.ts'

const mostHandOuts = 50
/** A service needs its next key before this one ends. */
const endsSoonMs = 14 * dayMs

/** Services with their keys and grants, and the latest tokens handed out. */
export async function servicesPage(ctx: ConsoleContext, { session, now }: Visit): Promise<ConsolePage> {
  const [keys, grants, handOuts] = await Promise.all([
    listServiceKeys(ctx.db, undefined),
    listGrants(ctx.db, {}).then((rows) => withNames(ctx, rows)),
    newestHandOuts(ctx.db, now, mostHandOuts).then((rows) => withNames(ctx, rows)),
  ])
  const services = [...new Set([...keys, ...grants].map(({ service }) => service))].sort()
  const around = { now, mayChange: session.mayChange }
  return {
    title: 'Services',
    tab: 'services',
    main: html`<h1>Services</h1>
${services.length === 0 ? html`<p class="lead">There is no service. <code>standin keys create --help</code> says how to make a key.</p>` : html`<p class="lead">A service may do only what is granted to it. New keys come from <code>standin keys create</code>, which shows each once.</p>`}
${services.map((service) =>
  servicePart(
    service,
    keys.filter((key) => key.service === service),
    grants.filter((grant) => grant.service === service),
    handOuts.find(({ actorId }) => actorId === service),
    around,
  ),
)}
${services.length > 0 ? html`<section><h2>Latest tokens handed out</h2>${handOutsPart(handOuts, now)}</section>` : ''}`,
  }
}

interface Around {
  now: Date
  mayChange: boolean
}

function servicePart(
  service: string,
  keys: readonly ServiceKeyRow[],
  grants: ReadonlyArray<Named<GrantRow>>,
  last: NewestHandOut | undefined,
  around: Around,
): Html {
  const got = last
    ? html`Last token ${moment(last.at, around.now)}.`
    : `It got none of the last ${mostHandOuts} tokens.`
  return html`<section id="service-${service}"><h2>${printable(service, 64)}</h2><p class="small muted">${got}</p>${keysPart(keys, around)}${grantsPart(grants, around)}</section>`
}

function keysPart(keys: readonly ServiceKeyRow[], { now, mayChange }: Around): Html {
  if (keys.length === 0) return html`<p class="lead">It has no key.</p>`
  const rows = keys.map(({ id, createdAt, expiresAt, revokedAt }) => {
    const isGood = !revokedAt && expiresAt > now
    const soon = isGood && expiresAt.getTime() - now.getTime() < endsSoonMs
    const state = revokedAt
      ? status('wait', 'revoked')
      : !isGood
        ? status('bad', 'expired')
        : soon
          ? status('warn', 'ends soon')
          : status('ok', 'good')
    const ends = revokedAt
      ? html`revoked ${moment(revokedAt, now)}`
      : isGood
        ? age(expiresAt, now)
        : moment(expiresAt, now)
    return html`<tr id="key-${id}"><th scope="row"><code>${id}</code></th><td data-head="State">${state}</td><td data-head="Created">${moment(createdAt, now)}</td><td data-head="Ends">${ends}</td>${mayChange ? html`<td>${isGood ? changeButton('revoke-key', id, `key ${id}`) : ''}</td>` : ''}</tr>`
  })
  return html`<table class="fold"><thead><tr><th scope="col">Key</th><th scope="col">State</th><th scope="col">Created</th><th scope="col">Ends</th>${mayChange ? html`<th scope="col">Decide</th>` : ''}</tr></thead><tbody>${rows}</tbody></table>`
}

function grantsPart(grants: ReadonlyArray<Named<GrantRow>>, { mayChange }: Around): Html {
  if (grants.length === 0) return html`<p class="lead">It has no grants.</p>`
  const rows = grants.map(({ service, accountId, accountName, scopes }) => {
    const account = accountId === 'all' ? 'all accounts' : html`<span>${accountLink(accountId, accountName)}</span>`
    return html`<tr id="grant-${service}-${accountId}"><th scope="row">${account}</th><td data-head="May">${printable(scopes.join(' '))}</td>${mayChange ? html`<td>${changeButton('remove-grant', `${service} ${accountId}`, `the grant of ${service} on ${accountId}`)}</td>` : ''}</tr>`
  })
  return html`<table class="fold"><thead><tr><th scope="col">Granted on</th><th scope="col">May</th>${mayChange ? html`<th scope="col">Decide</th>` : ''}</tr></thead><tbody>${rows}</tbody></table>`
}

function handOutsPart(handOuts: ReadonlyArray<Named<NewestHandOut>>, now: Date): Html {
  if (handOuts.length === 0) return html`<p class="lead">No service got a token this month.</p>`
  const rows = handOuts.map(
    ({ actorId, key, accountId, accountName, generation, at, tokens }) =>
      html`<tr><th scope="row">${moment(at, now)}</th><td data-head="Service">${printable(actorId, 64)}</td><td data-head="Key"><code>${key ?? '–'}</code></td><td data-head="Account"><span>${accountLink(accountId, accountName)}</span></td><td data-head="Generation" class="num">${generation}</td><td data-head="Times" class="num">${tokens}</td></tr>`,
  )
  return html`<table class="fold"><thead><tr><th scope="col">At</th><th scope="col">Service</th><th scope="col">Key</th><th scope="col">Account</th><th scope="col">Generation</th><th scope="col">Times</th></tr></thead><tbody>${rows}</tbody></table>`
}
