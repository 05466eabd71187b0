import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { type Connection, connectionOptions, type Database } from '../src/database/database.ts'
import { withPreparedStatements } from '../src/database/prepared-statements.ts'

/** A node of PostgreSQL's plan, with what it did. Numbers are per loop. */
export interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Actual Loops'?: number
  'Actual Rows'?: number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}

/** A statement that was executed, also by a foreign key. */
export interface Explained {
  text: string
  plan: Plan
}

/**
 * From now on, PostgreSQL explains each statement of a database to new sessions. It plans as if the tables were large and had no
 * statistics, so that it reads a whole table only where no index helps.
 */
export async function explainEverything(adminUrl: string, name: string): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} })
  const settings = {
    session_preload_libraries: "'auto_explain'",
    'auto_explain.log_min_duration': 0,
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
    plan_cache_mode: 'force_generic_plan',
    enable_seqscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
  }
  for (const [setting, value] of Object.entries(settings))
    await admin.unsafe(`alter database ${name} set ${setting} = ${value}`)
  await admin.end({ timeout: 1 })
}

/** A connection to such a database. */
export function connectExplained(url: string): {
  connection: Connection
  /** What was executed since the last call, in order. */
  executed(): Explained[]
} {
  let noted: Explained[] = []
  const client = postgres(url, {
    ...connectionOptions({ max: 6, name: 'standin' }),
    onnotice({ message = '' }) {
      if (!message.includes('plan:')) return
      const { 'Query Text': text, Plan: plan } = JSON.parse(message.slice(message.indexOf('{')))
      noted.push({ text, plan })
    },
  })
  const prepared = withPreparedStatements(client)
  const db = drizzle({ client: prepared.sql, casing: 'snake_case' }) as Database
  const close = () => client.end({ timeout: 5 })
  return {
    connection: { sql: client, db, preparedTexts: prepared.known, cut: () => {}, close },
    executed() {
      const since = noted
      noted = []
      return since
    },
  }
}

/** A plan's nodes, the outermost first. */
export const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
