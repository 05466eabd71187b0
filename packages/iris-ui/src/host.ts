import type { MachineFilter } from '@standin/client'

/** What the host page gives the app. Everything that depends on Trackunit Manager comes through here. */
export interface StandinHost {
  /** The user's current token; rejects when the host has none. Asked again before the token ends. */
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
  /** What the user has chosen in the host's own filter bar: offered as a choice of machines, never used unasked. */
  machineFilter?: MachineFilter | undefined
  /** Opens a page of the host, such as a machine's; its paths are in `host-pages.ts`. */
  navigateInHost(path: string): void
  /** For successes; failures are shown on the page. */
  toast(message: { title: string; kind: 'success' | 'info' }): void
}
