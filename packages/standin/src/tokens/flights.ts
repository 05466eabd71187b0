export type Flights<Outcome> = ReturnType<typeof createFlights<Outcome>>

/**
 * Work that callers of one process share: one piece at a time for each key, and every caller that comes before it ends gets
 * its outcome. The key is the whole identity of the outcome: account, generation, scopes, and the token to avoid.
 *
 * Not `lru-cache`'s `fetch`: it remembers outcomes, while each refusal of a token needs a new look, and when full it forgets
 * work under way, beside which a second exchange would start.
 */
export function createFlights<Outcome>() {
  const flights = new Map<string, Promise<Outcome>>()
  return {
    join(key: string, work: () => Promise<Outcome>): Promise<Outcome> {
      const underway = flights.get(key)
      if (underway) return underway
      const flight = work().finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
  }
}
