import type { Sql, TransactionSql } from 'postgres'

/** More than the product has statements. Each prepared one takes memory in each session, forever. */
const mostKnown = 500

/**
 * A client whose statements with parameters are prepared once for each connection, and found again by their text. Through
 * Drizzle each would be parsed every time, and the driver would first ask for the types of its parameters: a second round trip.
 * Only the first texts are prepared, so that sessions do not grow without bound if a text varies with its input.
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
