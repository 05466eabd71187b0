/** Work by its name; each is waited for by a test of its own. */
export type Aside<Name extends string = string> = ReadonlyMap<Name, Promise<void>>

/** Does this one after the other, while the tests go on. */
export function aside<Name extends string>(each: readonly Name[], work: (one: Name) => Promise<unknown>): Aside<Name> {
  let last: Promise<unknown> = Promise.resolve()
  return new Map(
    each.map((one) => {
      const done = last.then(() => work(one)).then(() => {})
      last = done.catch(() => {}) // Thrown by the test that waits for it.
      return [one, done]
    }),
  )
}
