import postgres, { type Sql } from 'postgres'
import { connectionOptions } from './database.ts'

export type Channel = 'credentials_pending' | 'installation_changed' | 'run_event' | 'run_cancel'

export interface Listener {
  /** Calls `onNotify` for each notification, and `onConnect` whenever listening (again) begins: what came meanwhile is lost. */
  on(channel: Channel, onNotify: (payload: string) => void, onConnect?: () => void): Promise<void>
  close(): Promise<void>
}

/** One connection of a process for LISTEN, which reconnects by itself. Needs a direct connection, not a transaction pooler. */
export function createListener(url: string): Listener {
  const sql: Sql = postgres(url, connectionOptions({ max: 1, name: 'standin-listen' }))
  return {
    async on(channel, onNotify, onConnect) {
      await sql.listen(channel, onNotify, onConnect)
    },
    close: () => sql.end({ timeout: 1 }),
  }
}
