import type { MachineFilter } from '@standin/contracts'

export interface Named {
  id: string
  name: string
}

/** A machine as a run has just seen it. What is not known is null; hours are hours, percents 0 to 100. */
export interface SeenMachine {
  id: string
  name: string | null
  brand: string | null
  model: string | null
  serialNumber: string | null
  type: string | null
  site: Named | null
  groups: readonly Named[]
  latitude: number | null
  longitude: number | null
  address: string | null
  lastSeenAt: Date | null
  operatingHours: number | null
  idleHours: number | null
  fuelPercent: number | null
  batteryPercent: number | null
}

/** A machine as it was seen last, and what was told of it before. */
export interface KnownMachine extends SeenMachine {
  /** Where the last run that was asked the same told it to be: null on no site, undefined where none told of it. */
  toldSite: Named | null | undefined
}

/** What another source says of a machine that this run has seen; what is left out or null stays as it is. */
export interface SeenCounters {
  id: string
  /** When the counters stood so. */
  at: Date
  operatingHours: number | null
  idleHours: number | null
  fuelPercent: number | null
  latitude: number | null
  longitude: number | null
}

/** A machine's counters at a moment. */
export interface MachineReading {
  at: Date
  operatingHours: number | null
  idleHours: number | null
  fuelPercent: number | null
}

/** A machine and its readings, the oldest first. */
export interface MachineHistory {
  id: string
  name: string | null
  type: string | null
  site: Named | null
  readings: MachineReading[]
}

/**
 * The machines that the account's runs have seen, and how their counters went. What was read from Trackunit under its
 * limits is kept here, so that no page has to be read twice. All of it is the run's account's, and goes when the app is
 * uninstalled. What writes stops a run that was cancelled or taken over.
 */
export interface MachineRegister {
  /** Keeps a page of machines as they are now. The same again changes nothing. */
  keep(machines: readonly SeenMachine[]): Promise<void>
  /** Adds what another source says, such as idle hours. */
  keepCounters(counters: readonly SeenCounters[]): Promise<void>
  /** Copies the counters of the machines that this run has seen into their history: at most four readings a day stay. */
  keepReadings(): Promise<void>
  /** In pages, by name: those that this run has seen, or all that are known. */
  list(wanted?: { filter?: MachineFilter; seenInThisRun?: boolean }): AsyncIterable<KnownMachine[]>
  /** What the last run that was asked the same told of and this one, which has listed all, has not seen; in pages, by name. */
  gone(filter?: MachineFilter): AsyncIterable<KnownMachine[]>
  /** Whether an earlier run of the action, asked for the same, told of places: else there is nothing to compare with. */
  hasTold(): Promise<boolean>
  /** From here on, the next run that is asked the same compares places with what this one has seen. */
  told(): Promise<void>
  /** The counters' history since a moment, in pages of machines. */
  history(wanted: { since: Date; filter?: MachineFilter }): AsyncIterable<MachineHistory[]>
}
