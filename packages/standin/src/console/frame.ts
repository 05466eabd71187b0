import type { ConsoleSession } from '../access/console-sessions.ts'
import { type Html, html } from '../http/html.ts'
import { version } from '../version.ts'

/** A page of the console, without its frame. */
export interface ConsolePage {
  title: string
  /** The tab that it belongs to. */
  tab?: keyof typeof tabs
  main: Html
  status?: number
  /** The outcome of a form: the page does not refresh. */
  isStill?: boolean
}

const tabs = {
  now: ['/console', 'Now'],
  accounts: ['/console/accounts', 'Accounts'],
  callbacks: ['/console/callbacks', 'Callbacks'],
  services: ['/console/services', 'Services'],
} as const

interface Around {
  appName: string
  session: ConsoleSession | undefined
  now: Date
}

/** The whole page. Everything in it was escaped by `html`. */
export function framed({ title, tab, main, isStill = false }: ConsolePage, around: Around): string {
  const { appName, session, now } = around
  const links = Object.entries(tabs).map(
    ([name, [href, words]]) => html`<a href="${href}"${name === tab ? html` aria-current="page"` : ''}>${words}</a>`,
  )
  const page = html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · ${appName} console</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/console/console.css"><script src="/console/console.js" type="module"></script></head>
<body><a class="skip" href="#main">To the content</a>
<header class="bar"><div class="bar-in"><span class="app">${appName}</span>${session ? html`<nav class="tabs" aria-label="Pages">${links}</nav>${sessionPart(session)}` : ''}</div></header>
<div id="say" class="say-line" role="status"></div>
<main id="main" tabindex="-1"${session && !isStill ? html` data-refresh` : ''}>${main}</main>
<footer class="foot-line"><p class="small muted">Times are in UTC. As of <time id="as-of" datetime="${now.toISOString()}">${now.toISOString().slice(11, 19)}</time>${session && !isStill ? ', refreshed every 5 seconds' : ''}. Standin ${version}.</p></footer></body></html>`
  return `<!doctype html>${page.markup}`
}

function sessionPart({ mayChange, endsAt }: ConsoleSession): Html {
  return html`<form class="session" method="post" action="/console/close"><span class="small muted"><b>${mayChange ? 'May change' : 'Read only'}</b> until <time datetime="${endsAt.toISOString()}">${endsAt.toISOString().slice(11, 16)}</time> UTC</span><button class="btn quiet">Sign out</button></form>`
}
