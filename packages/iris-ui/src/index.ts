export type { StandinHost } from './host.ts'
export { StandinApp, type StandinAppProps } from './standin-app.tsx'
export type { Texts } from './texts/en.ts'
export { textsFor } from './texts/texts-for.ts'
