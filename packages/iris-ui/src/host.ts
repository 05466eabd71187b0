import type { MachineFilter } from '@standin/client'

/** What the host page gives the app. Everything that depends on Trackunit Manager comes through here. */
export interface StandinHost {
  /** The user's current token; rejects if the host has none. Called again before the token expires. */
  getToken(): Promise<string>
  user: {
    id: string
    name: string
    /** A BCP 47 tag, such as `en-GB`. */
    language: string
    /** An IANA name, such as `Europe/Copenhagen`; without it the browser's own. */
    timeZone?: string | undefined
    /** Miles, gallons and °F, or kilometres, litres and °C; without it metric. */
    measurement?: 'metric' | 'imperial' | undefined
  }
  account: { id: string; name: string }
  /** The selection in the host's own filter bar: offered as a choice of machines, never applied automatically. */
  machineFilter?: MachineFilter | undefined
  /** Opens a page of the host, such as a machine's; its paths are in `host-pages.ts`. */
  navigateInHost(path: string): void
  /** The full address of such a page, for another tab and to copy; undefined where the host's own is not known. */
  addressOf?(path: string): string | undefined
  /** True if the host's frame blocks downloads: files are then offered as links. */
  downloads?: 'blocked' | undefined
  /** For successes; failures are shown on the page. */
  toast(message: { title: string; kind: 'success' | 'info' }): void
}
