import { type Html, html } from '../http/html.ts'

/** The app's own shapes for these: see `iris-ui/src/parts/icon.tsx`. */
const shapes = {
  ok: html`<circle cx="12" cy="12" r="9"/><path d="m8.2 12.4 2.6 2.6 5-5.6"/>`,
  warn: html`<path d="M12 3.5 2.5 20h19Z"/><path d="M12 10v4.500M12 17.200v.1"/>`,
  bad: html`<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3Z"/><path d="m9 9 6 6m0-6-6 6"/>`,
  wait: html`<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.2 2"/>`,
}

export type Tone = keyof typeof shapes

/** A status is an icon, words and a colour: never a colour alone. */
export const icon = (tone: Tone): Html =>
  html`<svg class="i ${tone}" viewBox="0 0 24 24" aria-hidden="true">${shapes[tone]}</svg>`

export const status = (tone: Tone, words: Html | string): Html =>
  html`<span class="st ${tone}">${icon(tone)}<span>${words}</span></span>`
