import { createGroups, type Group } from './group.ts'
import { createMachine, type Machine } from './machine.ts'
import { createRandom } from './random.ts'
import { createSites, type Site } from './site.ts'

export type Fleet = {
  /** Names the fleet's randomness. */
  key: string
  size: number
  sites: readonly Site[]
  /** `undefined` beyond the fleet's size and for a removed machine, whose place stays empty. */
  machine(index: number): Machine | undefined
  machines(): Generator<Machine>
  groups: readonly Group[]
}

type FleetsDependencies = {
  seed: string
  sizeOf: (accountId: string) => number
  isRemoved?: (id: string) => boolean
  /** Changes to a machine since it was made. */
  changed?: (machine: Machine, index: number) => Machine
  now: () => number
}

/**
 * The same seed, account and size give the same fleet. A machine is made when it is needed and not kept: a fleet
 * of 20,000 costs no memory.
 */
export function createFleets({
  seed,
  sizeOf,
  isRemoved = () => false,
  changed = (machine) => machine,
  now,
}: FleetsDependencies) {
  const fleets = new Map<string, Fleet>()

  return {
    of(accountId: string): Fleet {
      const size = sizeOf(accountId)
      const known = fleets.get(accountId)
      if (known?.size === size) return known

      const fleet = createFleet(`${seed}:${accountId}`, { size, isRemoved, changed, now })
      fleets.set(accountId, fleet)
      return fleet
    },
  }
}

type FleetOptions = { size: number } & Required<Pick<FleetsDependencies, 'isRemoved' | 'changed' | 'now'>>

function createFleet(key: string, { size, isRemoved, changed, now }: FleetOptions): Fleet {
  const sites = createSites(createRandom(`${key}:sites`))
  const groups = createGroups(createRandom(`${key}:groups`))

  function machine(index: number): Machine | undefined {
    if (index < 0 || index >= size) return undefined
    const machine = createMachine(index, createRandom(`${key}:machine:${index}`), { sites, groups, now: now() })
    return isRemoved(machine.id) ? undefined : changed(machine, index)
  }

  function* machines(): Generator<Machine> {
    for (let index = 0; index < size; index++) {
      const next = machine(index)
      if (next) yield next
    }
  }

  return { key, size, sites, groups, machine, machines }
}
