import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { findKeyUse } from '../secrets/find-key-use.ts'
import { type KeyUse, knownKeys, objectionsToRetiring, objectionsToWriting } from '../secrets/key-use.ts'
import { reencrypt } from '../secrets/reencrypt.ts'
import { type Columns, printTable } from './print-table.ts'
import { CommandFailed, printable, printResult, type Terminal, withContext } from './terminal.ts'

/** `encryption-keys list|reencrypt|check-unused`: how to replace an encryption key while servers run. */
export function addEncryptionKeysCommand(program: Command, terminal: Terminal): void {
  const keys = program.command('encryption-keys').addHelpText('afterAll', examples)

  keys
    .command('list')
    .description('each key: which replicas have it, which write with it, and how many values need it')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const keys = describeKeys(await withContext(terminal, keyUse))
      printTable(terminal, json, keys, { none: 'No key is set.', columns })
    })

  keys
    .command('reencrypt')
    .description('encrypt every value again with the first key; can be interrupted and repeated at any time')
    .option('--json', 'print { key, resealed, unreadable, left }')
    .action(async ({ json }: { json?: boolean }) => {
      const done = await withContext(terminal, reencryptAll)
      terminal.say(`${done.resealed} values were encrypted again with the key "${done.key}"; ${done.left} are left.`)
      printResult(terminal, json, done, () => String(done.resealed))
      if (done.unreadable > 0)
        throw new CommandFailed(
          `${done.unreadable} values are opened by no key of STANDIN_ENCRYPTION_KEYS: add their keys.`,
        )
    })

  keys
    .command('check-unused')
    .description('whether a key can be removed from STANDIN_ENCRYPTION_KEYS; exits with 1 and the reasons if not')
    .argument('<kid>', 'the name of the key')
    .action(async (kid: string) => {
      const use = await withContext(terminal, keyUse)
      if (!knownKeys(use).includes(kid))
        throw new CommandFailed(`The key "${printable(kid, 64)}" is unknown: compare "encryption-keys list".`)
      failOn(objectionsToRetiring(use, kid))
      terminal.say(`Nothing needs the key "${kid}": remove it from STANDIN_ENCRYPTION_KEYS of every replica.`)
    })
}

const keyUse = ({ db, config }: Context) => findKeyUse(db, config.keys.encryption)

async function reencryptAll(ctx: Context) {
  const [{ kid: key }] = ctx.config.keys.encryption
  failOn(objectionsToWriting(await keyUse(ctx), key))
  const { resealed, unreadable } = await reencrypt(ctx)
  const { rows } = await keyUse(ctx)
  const all = [...rows.values()].reduce((sum, count) => sum + count, 0)
  return { key, resealed, unreadable, left: all - (rows.get(key) ?? 0) }
}

function failOn(objections: readonly string[]): void {
  if (objections.length > 0) throw new CommandFailed(objections.join('\n'))
}

const describeKeys = (use: KeyUse) =>
  knownKeys(use).map((kid) => ({
    key: printable(kid, 64),
    configured: use.ring.some((key) => key.kid === kid),
    writes: use.ring[0].kid === kid,
    values: use.rows.get(kid) ?? 0,
    replicas: use.readers.length,
    readers: use.readers.filter(({ reads }) => reads.includes(kid)).length,
    writers: use.readers.filter(({ writes }) => writes === kid).length,
  }))

const examples = `
Examples:
  standin encryption-keys list
  standin encryption-keys reencrypt
  standin encryption-keys check-unused 2025a`

const columns: Columns<ReturnType<typeof describeKeys>[number]> = {
  KEY: ({ key }) => key,
  HERE: ({ configured, writes }) => (writes ? 'first' : configured ? 'set' : 'missing'),
  VALUES: ({ values }) => values,
  'SERVERS THAT HAVE IT': ({ readers, replicas }) => `${readers} of ${replicas}`,
  'THAT ENCRYPT WITH IT': ({ writers }) => writers,
}
