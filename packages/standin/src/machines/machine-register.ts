import type { MachineFilter } from '@standin/contracts'

export interface Named {
  id: string
  name: string
}

/** A machine as a run has just read it. Null means unknown; hours are hours, percents 0 to 100. */
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

/** A machine as it was last read, and the site that an earlier run reported for it. */
export interface KnownMachine extends SeenMachine {
  /** As reported by the last run with the same input: null for no site, undefined when no run reported the machine. */
  reportedSite: Named | null | undefined
}

/** Values from another source about a machine that this run has read. Null leaves a value as it is. */
export interface SeenCounters {
  id: string
  /** When the counters had these values. */
  at: Date
  operatingHours: number | null
  idleHours: number | null
  fuelPercent: number | null
  latitude: number | null
  longitude: number | null
}

/** A machine's counters at one moment. */
export interface MachineReading {
  at: Date
  operatingHours: number | null
  idleHours: number | null
  fuelPercent: number | null
}

/** A machine and its readings, the oldest first. */
export interface MachineHistory extends Pick<SeenMachine, 'id' | 'name' | 'type' | 'site'> {
  readings: MachineReading[]
}

export interface ReadWith {
  /** The scopes that show the values, if fewer than the run reads with; by default, all that it reads with. */
  readWith?: readonly string[]
}

/**
 * The machines that runs of this account have read, and the history of their counters. Requests to Trackunit are limited, so
 * what was read is kept here and no page is read twice. A run sees what was read with scopes that it has as well.
 * Erased when the app is uninstalled. Everything that writes throws when the run was cancelled or another worker holds it.
 */
export interface MachineRegister {
  /** Saves a page of machines as they are now. Saving the same page again changes nothing. */
  keep(machines: readonly SeenMachine[], of?: ReadWith): Promise<void>
  /** Adds values from another source, such as idle hours. */
  keepCounters(counters: readonly SeenCounters[], of?: ReadWith): Promise<void>
  /** Declares that this run has read all machines of the account. Those that it has not read are gone, and no longer counted. */
  keepWhole(): Promise<void>
  /** Adds the counters of the machines that this run has read to their history, at most four readings a day. */
  keepReadings(): Promise<void>
  /** In pages, by name: the machines that this run has read, or all known ones. */
  list(wanted?: { filter?: MachineFilter; seenInThisRun?: boolean }): AsyncIterable<KnownMachine[]>
  /** Machines that the last run with the same input reported and this one, which listed all, has not read; in pages, by name. */
  gone(filter?: MachineFilter): AsyncIterable<KnownMachine[]>
  /** Whether an earlier run of the action with the same input reported sites; otherwise there is nothing to compare with. */
  hasReported(): Promise<boolean>
  /** Marks the sites that this run has read as reported: the next run with the same input compares with them. */
  markReported(): Promise<void>
  /** The history of counters since a moment, in pages of machines. */
  history(wanted: { since: Date; filter?: MachineFilter }): AsyncIterable<MachineHistory[]>
}
