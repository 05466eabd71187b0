import type { Context } from '../context.ts'
import { createGroupWriter } from '../database/group-writer.ts'
import { type AskedGrant, findGrants, findServiceByKey, type GoodKey, whichKeysExist } from './access-store.ts'
import type { Grant, ServiceCaller } from './caller.ts'
import { createLastReadings } from './last-readings.ts'

export interface KeyDirectory {
  /**
   * The service behind a key, with its grant for all accounts; undefined if the key is not valid. Not a promise if it was read
   * just now.
   * @param digest of a well-formed key
   * @throws StandinError `STORAGE_UNAVAILABLE` while the database is down and the key was not read recently
   */
  find(digest: string): ServiceCaller | undefined | Promise<ServiceCaller | undefined>
  /**
   * The same caller with what they were granted on an account: a lookup of one row, however many grants a service has. Not a
   * promise if it was read just now.
   * @throws StandinError `STORAGE_UNAVAILABLE` while the database is down and it was not read recently
   */
  on(caller: ServiceCaller, accountId: string): ServiceCaller | Promise<ServiceCaller>
  /** Whether a key was valid when it was last read here. */
  wasGood(digest: string): boolean
  /** For `access_changed`, and for a new session that may have missed one: everything is read again before it is used. */
  readAgain(): void
}

const maxKeys = 10_000
/** Services by accounts. */
const maxGrants = 50_000

/** Which keys are valid, and what their services may do, as last read. */
export function createKeyDirectory(ctx: Pick<Context, 'db' | 'clock' | 'config' | 'signedRows'>): KeyDirectory {
  const isOver = ({ expiresAt }: GoodKey) => expiresAt.getTime() <= ctx.clock.now().getTime()
  const keys = createLastReadings<GoodKey>(ctx, { max: maxKeys, isOver })
  const grants = createLastReadings<readonly Grant[]>(ctx, { max: maxGrants })

  // Anyone can make up well-formed keys: those are looked up together, so that a flood costs one statement at a time.
  const exists = createGroupWriter<string, boolean>({
    write: async (digests) => {
      const existing = await whichKeysExist(ctx.db, digests)
      return digests.map((digest) => existing.has(digest))
    },
  })
  const findGood = async (digest: string) =>
    keys.has(digest) || (await exists(digest)) ? findServiceByKey(ctx, digest) : undefined

  const findGrantsOf = createGroupWriter({ write: (asked: readonly AskedGrant[]) => findGrants(ctx, asked) })
  const granted = async (asked: AskedGrant) => {
    const found = await findGrantsOf(asked)
    return found.length > 0 ? found : undefined
  }
  const withGrants = (caller: ServiceCaller, given: readonly Grant[] = []) => ({ ...caller, grants: given })

  return {
    find(digest) {
      const found = keys.get(digest, () => findGood(digest))
      return found instanceof Promise ? found.then((good) => good?.caller) : found?.caller
    },
    on(caller, accountId) {
      const { service } = caller
      const found = grants.get(`${service} ${accountId}`, () => granted({ service, accountId }))
      return found instanceof Promise ? found.then((given) => withGrants(caller, given)) : withGrants(caller, found)
    },
    wasGood: keys.has,
    readAgain() {
      keys.readAgain()
      grants.readAgain()
    },
  }
}
