import { type Html, html } from '../http/html.ts'

/** A time span in the largest unit of which it has at least two, so that "1 d" is never almost two. */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1_000))
  if (s < 120) return `${s} s`
  if (s < 7_200) return `${Math.floor(s / 60)} min`
  if (s < 172_800) return `${Math.floor(s / 3_600)} h`
  return `${Math.floor(s / 86_400).toLocaleString('en')} d`
}

/** How long ago, or in how long. */
export function age(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime()
  return ms < -999 ? `in ${span(-ms)}` : `${span(ms)} ago`
}

/** A moment in UTC with its age: today only its time. */
export function moment(at: Date | string | null | undefined, now: Date): Html | string {
  if (!at) return '–'
  const date = new Date(at)
  const [day = '', time = ''] = date.toISOString().split('T')
  const clock = time.slice(0, 8)
  const isToday = day === now.toISOString().slice(0, 10)
  return html`<time datetime="${date.toISOString()}">${isToday ? clock : `${day} ${clock}`}</time> <span class="age">${age(date, now)}</span>`
}
