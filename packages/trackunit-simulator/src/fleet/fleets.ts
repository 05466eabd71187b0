import { createMachine, type Machine } from './machine.ts'
import { createRandom } from './random.ts'
import { createSites, type Site } from './site.ts'

export type Fleet = {
  /** Names the fleet's randomness. */
  key: string
  size: number
  sites: readonly Site[]
  /** `undefined` beyond the fleet's size. */
  machine(index: number): Machine | undefined
  machines(): Generator<Machine>
}

/** The same seed, account and size give the same fleet; machines are made when they are first asked for. */
export function createFleets({ seed, sizeOf }: { seed: string; sizeOf: (accountId: string) => number }) {
  const fleets = new Map<string, Fleet>()

  return {
    of(accountId: string): Fleet {
      const size = sizeOf(accountId)
      const known = fleets.get(accountId)
      if (known?.size === size) return known

      const fleet = createFleet(`${seed}:${accountId}`, size)
      fleets.set(accountId, fleet)
      return fleet
    },
  }
}

function createFleet(key: string, size: number): Fleet {
  const sites = createSites(createRandom(`${key}:sites`))
  const made: Machine[] = []

  function machine(index: number): Machine | undefined {
    if (index < 0 || index >= size) return undefined
    made[index] ??= createMachine(index, createRandom(`${key}:machine:${index}`), sites)
    return made[index]
  }

  function* machines(): Generator<Machine> {
    for (let index = 0; index < size; index++) {
      const next = machine(index)
      if (next) yield next
    }
  }

  return { key, size, sites, machine, machines }
}
