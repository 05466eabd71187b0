export type { StandinHost } from './host.ts'
export { StandinApp, type StandinAppProps } from './standin-app.tsx'
export type { Texts } from './texts/en.ts'
export { wholeTexts as textsFor } from './texts/whole-texts.ts'
