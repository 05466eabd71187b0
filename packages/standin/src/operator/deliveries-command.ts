import { type Delivery, deliverySchema } from '@standin/contracts'
import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import { listDeliveriesOf } from '../deliveries/delivery-list-store.ts'
import { type DeliveryRow, toDelivery } from '../deliveries/delivery-store.ts'
import { makeDeliveryDue } from '../deliveries/resend-delivery.ts'
import { type Named, nameColumn, withNames } from './account-names.ts'
import { accountId, deliveryId, limitNumber, mostListed } from './arguments.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { type Columns, printTable, sayMore } from './print-table.ts'
import { findRunKey } from './run-key.ts'
import { operator, printable, printResult, type Terminal, withContext } from './terminal.ts'

interface ListOptions {
  account?: string
  state?: Delivery['state']
  limit: number
  json?: boolean
}

/** `deliveries list|retry`. */
export function addDeliveriesCommand(program: Command, terminal: Terminal): void {
  const deliveries = program.command('deliveries').addHelpText('afterAll', examples)

  deliveries
    .command('list')
    .description('deliveries of runs that have ended, the newest first')
    .option('--account <id>', 'only of this account', accountId)
    .addOption(new Option('--state <state>', 'only in this state').choices(deliverySchema.shape.state.options))
    .option('--limit <number>', `how many, at most ${mostListed}`, limitNumber, 50)
    .option('--json', 'print them as JSON')
    .action(async ({ json, ...options }: ListOptions) => {
      const { rows, page } = await withContext(terminal, async (ctx) => {
        const rows = await readDeliveries(ctx, options)
        return { rows, page: await withNames(ctx, rows.slice(0, options.limit).map(describeDelivery)) }
      })
      printTable(terminal, json, page, { none: 'No deliveries.', columns })
      sayMore(terminal, rows.length > page.length, 'raise --limit, or name an --account or a --state')
    })

  deliveries
    .command('retry')
    .description('try a failed delivery once more; one that waits or was delivered stays as it is')
    .argument('<delivery>', 'an id from "deliveries list"', deliveryId)
    .option('--json', 'print the delivery as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const delivery = await withContext(terminal, async (ctx) => {
        const run = await findRunKey(ctx, id.split('/')[0] ?? '')
        return makeDeliveryDue(ctx, { run, deliveryId: id, actor: operator })
      })
      printResult(terminal, json, delivery, () => [delivery.id, delivery.state].join('  '))
    })
}

const examples = `
Examples:
  standin deliveries list --state failed
  standin deliveries list --account 11111111-1111-4111-8111-111111111111
  standin deliveries retry 22222222-2222-4222-8222-222222222222/0`

async function readDeliveries(ctx: Context, { account, state, limit }: Omit<ListOptions, 'json'>) {
  if (account !== undefined) await checkKnownAccount(ctx, account)
  return listDeliveriesOf(ctx.db, { accountId: account, state, limit: limit + 1 })
}

const describeDelivery = (row: DeliveryRow) => {
  const { to, ...delivery } = toDelivery(row)
  return { ...delivery, to: printable(to, 100), accountId: row.accountId }
}

const columns: Columns<Named<ReturnType<typeof describeDelivery>>> = {
  DELIVERY: ({ id }) => id,
  ACCOUNT: ({ accountId }) => accountId,
  ...nameColumn,
  TO: ({ kind, to }) => `${kind} ${to}`,
  STATE: ({ state }) => state,
  REASON: ({ reason }) => reason,
  ATTEMPTS: ({ attempts }) => attempts,
  'NEXT TRY': ({ nextTryAt }) => nextTryAt,
  ENDED: ({ endedAt }) => endedAt,
}
