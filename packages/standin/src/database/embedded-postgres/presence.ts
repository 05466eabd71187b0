import postgres from 'postgres'

/** Shows the others that this process uses the embedded PostgreSQL, by a lock that ends with the process. */
export interface Presence {
  /** Ends the presence. `isLast`: no other process is present, and none can join any more. */
  leave(): Promise<{ isLast: boolean }>
  /** Closes what `leave` has left open. */
  close(): Promise<void>
}

export type Joining =
  | { readonly type: 'joined'; readonly presence: Presence }
  /** Starting, recovering or being stopped: worth waiting for. */
  | { readonly type: 'not-yet'; readonly reason: string }
  /** A server answers, and refuses the folder's password. */
  | { readonly type: 'refused'; readonly reason: string }

/** "Standin" without its last letter; for locks in the database `postgres`, which we use for nothing else. */
const lockKey = 0x53_74_61_6e_64_69

const wrongCredentials = new Set(['28000', '28P01', '3D000', 'SASL_SIGNATURE_MISMATCH'])

/** Calls `onLost` once when the connection breaks without `leave`: PostgreSQL died or restarted. */
export async function joinPresence(url: string, onLost: () => void): Promise<Joining> {
  let isPresent = false
  const sql = postgres(url, {
    max: 1,
    // The lock belongs to the connection: it must never be renewed.
    max_lifetime: null,
    connect_timeout: 5,
    // Nothing handles the rejection if this query of the library fails, as it does while PostgreSQL is being stopped.
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: 'standin embedded-postgres presence' },
    onclose: () => {
      if (!isPresent) return
      isPresent = false
      onLost()
    },
  })
  // No query is left to wait for; on a broken connection waiting would take all of its time.
  const close = (): Promise<void> => sql.end({ timeout: 0 })

  try {
    const [row] = await sql<{ joined: boolean }[]>`select pg_try_advisory_lock_shared(${lockKey}) as joined`
    if (!row?.joined) {
      await close()
      return { type: 'not-yet', reason: 'its last user is stopping it' }
    }
  } catch (error) {
    await close()
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const reason = error instanceof Error ? error.message : String(error)
    return { type: wrongCredentials.has(code) ? 'refused' : 'not-yet', reason }
  }

  isPresent = true
  const leave = async (): Promise<{ isLast: boolean }> => {
    if (!isPresent) return { isLast: false }
    isPresent = false
    try {
      await sql`select pg_advisory_unlock_shared(${lockKey})`
      const [row] = await sql<{ isLast: boolean }[]>`select pg_try_advisory_lock(${lockKey}) as "isLast"`
      return { isLast: row?.isLast ?? false }
    } catch {
      // PostgreSQL has just died: nothing is left to stop.
      return { isLast: false }
    }
  }
  return { type: 'joined', presence: { leave, close } }
}
