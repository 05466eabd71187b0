import { html } from '../http/html.ts'
import { toRefusal } from '../refusal.ts'
import type { ConsolePage } from './frame.ts'
import { icon } from './icon.ts'

const how = html`<p>Run <code>standin console</code> where the server’s settings are, and open the link that it prints. With <code>--write</code> the session may change things.</p>`

/** Where the link leads. The code stands after the `#`, which no server and no log sees; the script sends it. */
export const openPage: ConsolePage = {
  title: 'Open',
  isStill: true,
  main: html`<section class="narrow"><h1>Open the console</h1>${how}
<form id="open" method="post" action="/console/open"><label class="lab" for="code">Code from the link</label><input class="in" id="code" name="code" required autocomplete="off" spellcheck="false" maxlength="300"><p class="btns"><button class="btn go">Open</button></p></form></section>`,
}

export const wrongCodePage: ConsolePage = {
  title: 'Not opened',
  status: 403,
  isStill: true,
  main: html`<section class="notice bad whole">${icon('bad')}<div><h1 class="h">This code does not open the console</h1><p>A code works once, for one minute. This one was used before, is older, or is not whole. A link that was made while the database was down works only until it is back.</p>${how}</div></section>`,
}

export const signedOutPage: ConsolePage = {
  title: 'Not signed in',
  status: 401,
  isStill: true,
  main: html`<section class="notice whole">${icon('wait')}<div><h1 class="h">You are not signed in</h1><p>A session of the console lasts for an hour, or until you sign out.</p>${how}</div></section>`,
}

export const readOnlyPage: ConsolePage = {
  title: 'Read only',
  status: 403,
  isStill: true,
  main: html`<section class="notice warn whole">${icon('warn')}<div><h1 class="h">Nothing was changed: this session only reads</h1><p>To change something, open a session with <code>standin console --write</code>. Every button is a command as well. While the database is down, no session changes anything.</p><p class="btns"><a class="btn" href="/console">Back to Now</a></p></div></section>`,
}

/** It refreshes, so the page comes back with the database. */
export const outagePage: ConsolePage = {
  title: 'The database is down',
  status: 503,
  main: html`<section class="notice bad whole">${icon('bad')}<div><h1 class="h">The database is down, and this page needs it</h1><p>Now says since when, what it means and what to do. This page comes back on its own.</p><p class="btns"><a class="btn go" href="/console">Show Now</a></p></div></section>`,
}

/** @param what a sentence in our own words, never text from outside */
export const failedPage = (status: number, heading: string, what: string): ConsolePage => ({
  title: heading,
  status,
  main: html`<section class="notice bad whole">${icon('bad')}<div><h1 class="h">${heading}</h1><p>${what}</p><p class="btns"><a class="btn" href="/console">Back to Now</a></p></div></section>`,
})

/** The part of an error that the operator may see: only our own texts. */
export function explain(error: unknown): string {
  const { reason, message } = toRefusal(error)
  // The reason's own text names a request id, which a page does not have.
  return reason === 'INTERNAL' ? 'Something failed unexpectedly. The server’s log says what.' : `${reason}: ${message}`
}
