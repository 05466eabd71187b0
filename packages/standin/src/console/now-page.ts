import { type Html, html } from '../http/html.ts'
import { age, moment, span } from './ages.ts'
import type { Visit } from './console-context.ts'
import { findTroubles, type Trouble } from './find-troubles.ts'
import type { ConsolePage } from './frame.ts'
import { icon, status, type Tone } from './icon.ts'
import type { Now, StoredNow } from './now.ts'

/** First what is wrong, in words; below it what was checked, each number with its age. */
export function nowPage(now: Now, { now: at }: Visit): ConsolePage {
  const troubles = findTroubles(now, at)
  const worst = troubles[0]?.tone
  const heading =
    troubles.length === 0
      ? 'All is well'
      : `${troubles.length} ${troubles.length === 1 ? 'thing needs' : 'things need'} ${worst === 'bad' ? 'you now' : 'a look'}`
  return {
    title: worst === 'bad' ? `! ${heading}` : heading,
    tab: 'now',
    main: html`<h1 class="sentence ${worst ?? 'ok'}">${icon(worst ?? 'ok')}<span>${heading}</span></h1>
${troubles.length > 0 ? html`<ul class="troubles">${troubles.map(troubleItem)}</ul>` : ''}
<section><h2>This server</h2><dl class="facts">${factsHere(now, at)}</dl></section>
${now.stored ? storedPart(now, now.stored, at) : html`<section><h2>All servers</h2><p class="muted">The database has not answered since this server started.</p></section>`}`,
  }
}

const troubleItem = ({ tone, what, means, toDo, seeAt }: Trouble) =>
  html`<li class="notice ${tone}">${icon(tone)}<div><h2 class="h">${what}</h2><p>${means}</p><p><b>${toDo}</b></p>${seeAt ? html`<p class="btns"><a class="btn" href="${seeAt}">Show them</a></p>` : ''}</div></li>`

const fact = (name: string, tone: Tone, words: string, more: Html | string = '') =>
  html`<div class="fact"><dt>${name}</dt><dd>${status(tone, words)}<p class="small muted">${more}</p></dd></div>`

function factsHere({ database, clockAheadMs, keysMissing, spoolBytes, keys, parts, replicaId }: Now, at: Date): Html[] {
  const { trouble, downForMs } = database
  return [
    trouble
      ? fact('Database', 'bad', trouble, html`since ${moment(new Date(at.getTime() - downForMs), at)}`)
      : fact('Database', 'ok', 'commits', 'checked just now'),
    clockAheadMs === undefined
      ? fact('Clock', 'ok', 'agrees with the database’s', 'within a minute, checked with the database')
      : fact('Clock', 'bad', `${span(Math.abs(clockAheadMs))} ${clockAheadMs < 0 ? 'behind' : 'ahead'}`),
    keysMissing.length > 0
      ? fact('Keys', 'bad', `${keysMissing.length} missing`, keysMissing.join(', '))
      : fact(
          'Keys',
          'ok',
          'all there',
          html`encrypts with <code>${keys.encryption[0] ?? ''}</code>, signs with <code>${keys.audit[0] ?? ''}</code>`,
        ),
    spoolBytes === undefined
      ? fact('Spool', 'warn', 'cannot be read')
      : fact(
          'Spool',
          spoolBytes > 0 ? 'warn' : 'ok',
          spoolBytes > 0 ? `${spoolBytes.toLocaleString('en')} bytes` : 'empty',
          'read just now',
        ),
    fact(
      'Parts',
      'ok',
      parts.join(', '),
      replicaId === undefined ? 'no session to the database' : `replica ${replicaId}`,
    ),
  ]
}

function storedPart(now: Now, stored: StoredNow, at: Date): Html {
  const { signInDownForS, keysFetchedAt, openRuns, heldCallbacks, oldestDueProofS, oldestDueDeliveryS } = stored
  const runs = Object.entries(openRuns).filter(([, count]) => count > 0)
  const isOld = now.database.trouble !== undefined
  return html`<section><h2>All servers</h2><p class="small ${isOld ? 'warn' : 'muted'}">${isOld ? 'The database is down. It was last read' : 'Read from the database'} ${age(stored.at, at)}.</p>
<dl class="facts">${[
    signInDownForS > 0
      ? fact('Sign-in', 'bad', 'does not answer', `for ${span(signInDownForS * 1_000)}`)
      : fact('Sign-in', 'ok', 'answers', 'no outage is noted'),
    fact(
      'Signing keys',
      keysFetchedAt ? 'ok' : 'wait',
      keysFetchedAt ? 'known' : 'not fetched yet',
      keysFetchedAt ? html`fetched ${moment(keysFetchedAt, at)}` : 'with the first callback',
    ),
    fact(
      'Callbacks held',
      heldCallbacks > 0 ? 'warn' : 'ok',
      count(heldCallbacks),
      html`<a href="/console/callbacks">Callbacks</a>`,
    ),
    fact(
      'Proofs',
      oldestDueProofS > 60 ? 'warn' : 'ok',
      oldestDueProofS > 0 ? `due for ${span(oldestDueProofS * 1_000)}` : 'none is due',
    ),
    fact(
      'Deliveries',
      oldestDueDeliveryS > 60 ? 'warn' : 'ok',
      oldestDueDeliveryS > 0 ? `due for ${span(oldestDueDeliveryS * 1_000)}` : 'none is due',
    ),
    fact(
      'Open runs',
      'ok',
      runs.length === 0 ? 'none' : runs.map(([state, number]) => `${count(number)} ${state}`).join(', '),
    ),
  ]}</dl></section>
<section><h2>Accounts</h2>${accountsPart(stored)}</section>
<section><h2>Replicas</h2>${replicasPart(now, stored, at)}</section>`
}

function accountsPart({ accounts, waiting }: StoredNow): Html {
  const states = Object.entries({ ...accounts, ...(waiting.approval > 0 && { 'awaiting-approval': waiting.approval }) })
  if (states.length === 0) return html`<p class="muted">No account has installed the app yet.</p>`
  return html`<ul class="counts">${states.map(([state, number]) => html`<li><a href="/console/accounts?state=${state}"><b class="num">${count(number)}</b> ${state}</a></li>`)}</ul>`
}

function replicasPart({ replicaId, keys }: Now, { replicas, keyReaders, at: readAt }: StoredNow, at: Date): Html {
  const rows = replicas.map(({ id, address, startedAt, heardAt }) => {
    const reader = keyReaders.find((each) => each.replicaId === id)
    const isKeyed = reader?.reads.includes(keys.encryption[0] ?? '') ?? false
    return html`<tr><th scope="row">${id}${id === replicaId ? ' (this one)' : ''}</th><td data-head="Address">${address ?? 'local'}</td><td data-head="Connected">${moment(startedAt, at)}</td><td data-head="Heard">${age(heardAt, readAt)}</td><td data-head="Keys">${isKeyed ? status('ok', reader?.writes ?? '') : status('warn', 'others')}</td></tr>`
  })
  return html`<table class="fold"><thead><tr><th scope="col">Replica</th><th scope="col">Address</th><th scope="col">Connected</th><th scope="col">Heard</th><th scope="col">Encrypts with</th></tr></thead><tbody>${rows}</tbody></table>`
}

const count = (number: number) => number.toLocaleString('en')
