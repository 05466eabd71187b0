import type { Command } from 'commander'
import { listServiceKeys, type ServiceKeyRow } from '../access/access-store.ts'
import { revokeKey, rotateKey } from '../access/change-keys.ts'
import { createKey } from '../access/create-key.ts'
import { dayMs } from '../clock.ts'
import type { Secret } from '../config/secret.ts'
import { addHolders } from './add-holders.ts'
import { accountOrAll, days, keyId, overlapHours, scopeList, serviceName } from './arguments.ts'
import { sayIfUnknown } from './check-known-account.ts'
import { printTable } from './print-table.ts'
import { operator, printResult, type Terminal, withContext } from './terminal.ts'

interface CreateOptions {
  service: string
  account: string
  scopes: string[]
  expiresInDays: number
  json?: boolean
}
interface RotateOptions {
  expiresInDays: number
  overlapHours: number
  json?: boolean
}

/** `keys create|list|holders|rotate|revoke`. A key is printed once, when it is created. */
export function addKeysCommand(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').addHelpText('afterAll', examples)
  keys
    .command('create')
    .description('create a key, grant it scopes, and print only the key; it is shown once')
    .requiredOption('--service <name>', 'the service that will use it', serviceName)
    .requiredOption('--account <id>', "an account's id, or all", accountOrAll)
    .requiredOption('--scopes <scopes>', 'separated by spaces', scopeList)
    .option('--expires-in-days <days>', 'when it expires', days, 365)
    .option('--json', 'print { id, key, expiresAt }')
    .action(async ({ service, account: accountId, scopes, expiresInDays, json }: CreateOptions) => {
      const expiresAt = new Date(Date.now() + expiresInDays * dayMs)
      const { id, key } = await withContext(terminal, async (ctx) => {
        const created = await createKey(ctx, { service, accountId, scopes, expiresAt, actor: operator })
        await sayIfUnknown(ctx, accountId, terminal)
        return created
      })
      show(terminal, json, { id, key, expiresAt, service })
    })

  keys
    .command('list')
    .description('every key, newest first, without its secret')
    .option('--service <name>', 'only of this service', serviceName)
    .option('--json', 'print them as JSON')
    .action(async ({ service, json }: { service?: string; json?: boolean }) => {
      const rows = await withContext(terminal, ({ db }) => listServiceKeys(db, service))
      printTable(terminal, json, rows.map(describeKey), {
        none: 'No keys.',
        columns: {
          KEY: ({ id }) => id,
          SERVICE: ({ service }) => service,
          STATE: ({ state }) => state,
          EXPIRES: ({ expiresAt }) => expiresAt,
        },
      })
    })

  addHolders(keys.command('holders'), terminal)

  keys
    .command('rotate')
    .description(
      'create a new key for the service of an old one, which stays valid for a while; print only the new key',
    )
    .argument('<id>', 'the 12 digits after sk_standin_ of the old key', keyId)
    .option('--overlap-hours <hours>', 'how long the old key stays valid', overlapHours, 24)
    .option('--expires-in-days <days>', 'when the new key expires', days, 365)
    .option('--json', 'print { id, key, expiresAt }')
    .action(async (old: string, { expiresInDays, overlapHours, json }: RotateOptions) => {
      const expiresAt = new Date(Date.now() + expiresInDays * dayMs)
      const overlapUntil = new Date(Date.now() + overlapHours * 3_600_000)
      const { id, key, service } = await withContext(terminal, (ctx) =>
        rotateKey(ctx, { id: old, expiresAt, overlapUntil, actor: operator }),
      )
      terminal.say(`Key ${old} is valid until ${overlapUntil.toISOString()} at most.`)
      show(terminal, json, { id, key, expiresAt, service })
    })

  keys
    .command('revoke')
    .description('revoke a key; every server stops accepting it within a second')
    .argument('<id>', 'the 12 digits after sk_standin_', keyId)
    .requiredOption('--yes', 'confirm: the key cannot be restored')
    .action(async (id: string) => {
      await withContext(terminal, (ctx) => revokeKey(ctx, { id, actor: operator }))
      terminal.say(`Key ${id} is revoked.`)
    })
}

const examples = `
Examples:
  standin keys create --service reports --account all --scopes "asset.view"
  standin keys list --service reports
  standin keys holders --account 11111111-1111-4111-8111-111111111111 --generation 2
  standin keys revoke 0123456789ab --yes`

function show(
  terminal: Terminal,
  json: boolean | undefined,
  { id, key, expiresAt, service }: { id: string; key: Secret; expiresAt: Date; service: string },
): void {
  const lastDay = expiresAt.toISOString().slice(0, 10)
  terminal.say(`Key ${id} for ${service} is valid until ${lastDay}. Standin does not store it: save it now.`)
  const shown = { id, key: key.reveal(), expiresAt: expiresAt.toISOString() }
  printResult(terminal, json, shown, () => shown.key)
}

const describeKey = ({ id, service, createdAt, expiresAt, revokedAt }: ServiceKeyRow) => ({
  id,
  service,
  state: revokedAt ? 'revoked' : expiresAt <= new Date() ? 'expired' : 'good',
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
})
