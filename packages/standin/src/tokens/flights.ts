/**
 * What callers of one process have in common: one piece of work at a time for a key; whoever asks meanwhile gets the same
 * outcome. The key is the whole identity of what comes out: account, generation, scopes and what is not wanted.
 */
export interface Flights<Outcome> {
  join(key: string, work: () => Promise<Outcome>): Promise<Outcome>
}

export function createFlights<Outcome>(): Flights<Outcome> {
  const flights = new Map<string, Promise<Outcome>>()
  return {
    join(key, work) {
      const underway = flights.get(key)
      if (underway) return underway
      const flight = work().finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
  }
}
