import type { Sql, TransactionSql } from 'postgres'

/**
 * A client whose statements with parameters are prepared once for each connection and re-used by their text. Drizzle has
 * each parsed again, and the driver then asks for the types of its parameters before it sends them: a second round trip.
 */
export function withPreparedStatements(sql: Sql): Sql {
  return preparing(sql)
}

function preparing<Client extends Sql | TransactionSql>(client: Client): Client {
  return new Proxy(client, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      if (name === 'unsafe') {
        return (query: string, parameters: never[] = [], options: object = {}) =>
          target.unsafe(query, parameters, { ...options, prepare: parameters.length > 0 })
      }
      if (name === 'begin' || name === 'savepoint') {
        return (...given: unknown[]) =>
          (value as (...all: unknown[]) => unknown).call(
            target,
            ...given.map((each) =>
              typeof each === 'function' ? (inner: TransactionSql) => each(preparing(inner)) : each,
            ),
          )
      }
      return value
    },
  })
}
