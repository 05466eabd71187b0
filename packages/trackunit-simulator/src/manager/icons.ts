import { html, type Markup } from './html.ts'

const strokes = {
  menu: 'M4 7h16M4 12h16M4 17h16',
  building: 'M4 20.5V5.5L13 3v17.5M13 9h7v11.5M2.5 20.5h19M7.5 9h2M7.5 13h2M7.5 17h2M16 13h1M16 17h1',
  down: 'm5 9 7 7 7-7',
  user: 'M8 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6',
  gear: 'M9 12a3 3 0 1 0 6 0a3 3 0 1 0-6 0M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2',
  truck:
    'M2.5 16V6.5h11V16M13.5 9.5h4l4 4V16h-2M9 17h6M2.5 16h1.7M4.3 17a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0M15.1 17a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0',
  pin: 'M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11ZM9.7 10a2.3 2.3 0 1 0 4.6 0a2.3 2.3 0 1 0-4.6 0',
  app: 'M5.5 8.5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M2.5 20c.6-4 3-6 6.5-6s5.9 2 6.5 6M15.5 5.2a3.5 3.5 0 0 1 0 6.6M17.8 14.6c2.1.9 3.3 2.7 3.7 5.4',
  store: 'M4 10.5v9.5h16v-9.5M3 9l1.8-5h14.4L21 9a3 3 0 0 1-6 0a3 3 0 0 1-6 0a3 3 0 0 1-6 0M9.5 20v-5h5v5',
  list: 'M4 6h3M4 12h3M4 18h3M10 6h10M10 12h10M10 18h10',
  find: 'M4.5 10.5a6 6 0 1 0 12 0a6 6 0 1 0-12 0M15 15l5 5',
  close: 'm6 6 12 12M18 6 6 18',
}

export type IconName = keyof typeof strokes

export function icon(name: IconName): Markup {
  return html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="${strokes[name]}"/></svg>`
}
