export type { StandinHost } from './host.ts'
export { StandinApp, type StandinAppProps } from './standin-app.tsx'
