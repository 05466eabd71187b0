import type { Command } from 'commander'
import { listServiceKeys, type ServiceKeyRow } from '../access/access-store.ts'
import { revokeKey, rotateKey } from '../access/change-keys.ts'
import { createKey } from '../access/create-key.ts'
import type { Secret } from '../config/secret.ts'
import { accountOrAll, days, keyId, overlapHours, scopeList, serviceName } from './access-arguments.ts'
import { type CommandContext, operator, withDatabase } from './command-context.ts'

const dayMs = 86_400_000

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

/** `keys create|list|rotate|revoke`: a key is printed once, when it is made. */
export function addKeysCommand(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('keys of services')
  keys
    .command('create')
    .description('make a key, grant it scopes, and print the key alone: it is shown this once')
    .requiredOption('--service <name>', 'who will use it', serviceName)
    .requiredOption('--account <id>', "an account's id, or all", accountOrAll)
    .requiredOption('--scopes <scopes>', 'separated by spaces', scopeList)
    .option('--expires-in-days <days>', 'how long it is good', days, 365)
    .option('--json', 'print { id, key, expiresAt }')
    .action(async (options: CreateOptions) => {
      const expiresAt = new Date(Date.now() + options.expiresInDays * dayMs)
      const { id, key } = await withDatabase(context, ({ db, config }) =>
        createKey(
          db,
          config.app.scopes.map(({ scope }) => scope),
          { ...options, accountId: options.account, expiresAt, actor: operator },
        ),
      )
      show(context, { id, key, expiresAt, service: options.service, json: options.json })
    })

  keys
    .command('list')
    .description('every key, the newest first; never the key itself')
    .option('--service <name>', 'of one service', serviceName)
    .option('--json', 'print them as JSON')
    .action(async ({ service, json }: { service?: string; json?: boolean }) => {
      const rows = await withDatabase(context, ({ db }) => listServiceKeys(db, service))
      const shown = rows.map(describeKey)
      const line = ({ id, service, state, expiresAt }: (typeof shown)[number]) =>
        [id, service, state, `expires ${expiresAt}`].join('  ')
      context.print(json ? JSON.stringify(shown) : shown.map(line).join('\n'))
    })

  keys
    .command('rotate')
    .description('make a new key for the service of an old one, which stays good for a while; print the new one alone')
    .argument('<id>', 'the 12 digits after sk_standin_ of the old key', keyId)
    .option('--overlap-hours <hours>', 'how long the old one is good too', overlapHours, 24)
    .option('--expires-in-days <days>', 'how long the new one is good', days, 365)
    .option('--json', 'print { id, key, expiresAt }')
    .action(async (old: string, { expiresInDays, overlapHours, json }: RotateOptions) => {
      const expiresAt = new Date(Date.now() + expiresInDays * dayMs)
      const overlapUntil = new Date(Date.now() + overlapHours * 3_600_000)
      const { id, key, service } = await withDatabase(context, ({ db }) =>
        rotateKey(db, { id: old, expiresAt, overlapUntil, actor: operator }),
      )
      context.say(`Key ${old} is good until ${overlapUntil.toISOString()} at most.`)
      show(context, { id, key, expiresAt, service, json })
    })

  keys
    .command('revoke')
    .description('end a key, within a second on every server')
    .argument('<id>', 'the 12 digits after sk_standin_', keyId)
    .action(async (id: string) => {
      await withDatabase(context, ({ db }) => revokeKey(db, { id, actor: operator }))
      context.say(`Key ${id} is revoked.`)
    })
}

function show(
  context: CommandContext,
  {
    id,
    key,
    expiresAt,
    service,
    json,
  }: { id: string; key: Secret; expiresAt: Date; service: string; json?: boolean | undefined },
): void {
  context.say(
    `Key ${id} for ${service} is good until ${expiresAt.toISOString().slice(0, 10)}. It is stored nowhere: keep it now.`,
  )
  context.print(json ? JSON.stringify({ id, key: key.reveal(), expiresAt: expiresAt.toISOString() }) : key.reveal())
}

function describeKey({ id, service, createdAt, expiresAt, revokedAt }: ServiceKeyRow) {
  return {
    ...{ id, service },
    state: revokedAt ? 'revoked' : expiresAt <= new Date() ? 'expired' : 'good',
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  }
}
