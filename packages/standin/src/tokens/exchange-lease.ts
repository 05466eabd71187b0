/**
 * Runs one exchange at a time for a key; whoever asks meanwhile gets the same outcome. The key is the whole identity
 * of a token: account, generation and scopes.
 */
export interface ExchangeLease {
  run<Outcome>(key: string, exchange: () => Promise<Outcome>): Promise<Outcome>
}

/** Within this process. Across replicas each may make one exchange; a lease in the database takes this one's place. */
export function createProcessLease(): ExchangeLease {
  const flights = new Map<string, Promise<unknown>>()
  return {
    run<Outcome>(key: string, exchange: () => Promise<Outcome>): Promise<Outcome> {
      const underway = flights.get(key)
      if (underway !== undefined) return underway as Promise<Outcome> // One key, one kind of outcome: the key is made in one place.
      const flight = exchange().finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
  }
}
