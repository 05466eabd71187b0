import type { Command } from 'commander'
import { findKeyUse } from '../secrets/find-key-use.ts'
import { type KeyUse, knownKeys, objectionsToRetiring, objectionsToWriting } from '../secrets/key-use.ts'
import { reencrypt } from '../secrets/reencrypt.ts'
import { createVault } from '../secrets/vault.ts'
import { type CommandContext, CommandFailed, printable, withDatabase } from './command-context.ts'

/** `encryption-keys list|reencrypt|check-unused`: how an encryption key is replaced while the server works. */
export function addEncryptionKeysCommand(program: Command, context: CommandContext): void {
  const keys = program.command('encryption-keys').description('the keys that secrets and tokens are encrypted with')

  keys
    .command('list')
    .description('each key: who has it, who writes with it, how many values need it')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const described = await withDatabase(context, async ({ db, config }) =>
        describeKeys(await findKeyUse(db, config.keys.encryption)),
      )
      context.print(json ? JSON.stringify(described) : described.map(keyLine).join('\n'))
    })

  keys
    .command('reencrypt')
    .description('encrypt every value anew with the first key; can be stopped and begun again at any time')
    .option('--json', 'print { key, resealed, unreadable, left }')
    .action(async ({ json }: { json?: boolean }) => {
      const done = await withDatabase(context, async ({ db, config }) => {
        const ring = config.keys.encryption
        const [{ kid: key }] = ring
        refuseFor(objectionsToWriting(await findKeyUse(db, ring), key))
        const { resealed, unreadable } = await reencrypt({ db, vault: createVault(ring), writing: key })
        const { rows } = await findKeyUse(db, ring)
        const all = [...rows.values()].reduce((sum, count) => sum + count, 0)
        return { key, resealed, unreadable, left: all - (rows.get(key) ?? 0) }
      })
      context.say(`${done.resealed} values were encrypted anew with the key "${done.key}"; ${done.left} are left.`)
      context.print(json ? JSON.stringify(done) : String(done.resealed))
      if (done.unreadable > 0) {
        throw new CommandFailed(
          `${done.unreadable} values are opened by no key of STANDIN_ENCRYPTION_KEYS: add theirs.`,
        )
      }
    })

  keys
    .command('check-unused')
    .description(
      'whether a key can be taken out of STANDIN_ENCRYPTION_KEYS: ends with 1, and says why, while it cannot',
    )
    .argument('<kid>', 'the name of the key')
    .action(async (kid: string) => {
      const use = await withDatabase(context, ({ db, config }) => findKeyUse(db, config.keys.encryption))
      if (!knownKeys(use).includes(kid)) {
        throw new CommandFailed(`Nothing is known of a key "${printable(kid, 64)}": compare "encryption-keys list".`)
      }
      refuseFor(objectionsToRetiring(use, kid))
      context.say(`Nothing needs the key "${kid}": take it out of STANDIN_ENCRYPTION_KEYS of every replica.`)
    })
}

function refuseFor(objections: readonly string[]): void {
  if (objections.length > 0) throw new CommandFailed(objections.join('\n'))
}

function describeKeys(use: KeyUse) {
  return knownKeys(use).map((kid) => ({
    key: printable(kid, 64),
    configured: use.ring.some((key) => key.kid === kid),
    writes: use.ring[0].kid === kid,
    values: use.rows.get(kid) ?? 0,
    replicas: use.readers.length,
    readers: use.readers.filter(({ reads }) => reads.includes(kid)).length,
    writers: use.readers.filter(({ writes }) => writes === kid).length,
  }))
}

const keyLine = ({
  key,
  configured,
  writes,
  values,
  replicas,
  readers,
  writers,
}: ReturnType<typeof describeKeys>[number]) =>
  [
    key,
    writes ? 'writes' : configured ? 'reads' : 'not configured here',
    `${values} values`,
    `${readers} of ${replicas} replicas have it`,
    `${writers} write with it`,
  ].join('  ')
