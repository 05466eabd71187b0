import type { Accent } from '@standin/contracts'
import { type Html, html } from '../http/html.ts'
import type { ReceiverWords } from './receiver-words.ts'

export interface Page {
  heading: string
  sentences: readonly string[]
  /** A button that sends the page's own address back: opening a link changes nothing, since mail filters open links too. */
  button?: string
}

/** The app that a page belongs to. */
export interface AppOfPage {
  name: string
  accent: Accent
  logoUrl: string | undefined
}

const styleOf = ({ light, dark }: Accent) => `
:root { color-scheme: light dark; --text: #1c2430; --soft: #5b6470; --canvas: #fff; --go: ${light}; --on-go: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #eef1f5; --soft: #aab3be; --canvas: #141513; --go: ${dark}; --on-go: #141513; } }
body { margin: 0; background: var(--canvas); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 15vh auto 2rem; padding: 0 1rem; overflow-wrap: anywhere; }
.app { margin: 0 0 1.5rem; color: var(--text); font-weight: 600; }
.app img { display: block; max-width: 100%; height: 48px; }
h1 { margin: 0 0 .75rem; font-size: 1.75rem; line-height: 1.25; font-weight: 600; }
p { margin: 0 0 .5rem; color: var(--soft); }
button { min-height: 44px; margin-top: 1rem; padding: .5rem 1.25rem; border: 0; border-radius: 6px; background: var(--go); color: var(--on-go); font: inherit; font-weight: 600; cursor: pointer; }
button:focus-visible { outline: 2px solid var(--text); outline-offset: 2px; }
`

/** A page for the reader of an email, who has no account here. */
export function receiverPage(
  app: AppOfPage,
  { language }: ReceiverWords,
  { heading, sentences, button }: Page,
): string {
  const form = button ? html`<form method="post"><button>${button}</button></form>` : ''
  const mark = app.logoUrl ? html`<img src="${app.logoUrl}" alt="${app.name}">` : app.name
  const page: Html = html`<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${heading} · ${app.name}</title><style>${{ markup: styleOf(app.accent) }}</style></head>
<body><main><p class="app">${mark}</p><h1>${heading}</h1>${sentences.map((words) => html`<p>${words}</p>`)}${form}</main></body></html>`
  return `<!doctype html>${page.markup}`
}
