import type { Sql, TransactionSql } from 'postgres'

/** Every statement of the product comes to less. Each one that is prepared takes memory in each session, for good. */
const mostKnown = 500

/**
 * A client whose statements with parameters are prepared once for each connection and re-used by their text. Drizzle has
 * each parsed again, and the driver then asks for the types of its parameters before it sends them: a second round trip.
 * Only the first texts are prepared: if a text should vary with its input after all, sessions do not grow without bound.
 */
export function withPreparedStatements(sql: Sql): { sql: Sql; known: () => number } {
  const known = new Set<string>()
  const isKnown = (text: string) => known.has(text) || (known.size < mostKnown && known.add(text).size > 0)
  return { sql: preparing(sql, isKnown), known: () => known.size }
}

function preparing<Client extends Sql | TransactionSql>(client: Client, isKnown: (text: string) => boolean): Client {
  return new Proxy(client, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      if (name === 'unsafe') {
        return (query: string, parameters: never[] = [], options: object = {}) =>
          target.unsafe(query, parameters, { ...options, prepare: parameters.length > 0 && isKnown(query) })
      }
      if (name === 'begin' || name === 'savepoint') {
        return (...given: unknown[]) =>
          (value as (...all: unknown[]) => unknown).call(
            target,
            ...given.map((each) =>
              typeof each === 'function' ? (inner: TransactionSql) => each(preparing(inner, isKnown)) : each,
            ),
          )
      }
      return value
    },
  })
}
