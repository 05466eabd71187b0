import type { FilterChoices, MachineFilter, SavedFilter } from '@standin/contracts'
import { requireInstalled } from '../../accounts/hold-installed.ts'
import { type Actor, record } from '../../audit/record.ts'
import { type Context, inTransaction } from '../../context.ts'
import { StandinError } from '../../standin-error.ts'
import { countChoices, countMachines } from '../choice-store.ts'
import type { OwnScopes } from '../machine-store.ts'
import { countFilters, deleteFilter, upsertFilter } from './filter-store.ts'

const mostFilters = 200
const mostChoices = 50

/**
 * @throws StandinError `INPUT_INVALID` when the account has more filters than a person can choose from;
 *   `INSTALLATION_NOT_FOUND`
 */
export async function saveFilter(
  ctx: Context,
  { actor, accountId, ...given }: { actor: Actor; accountId: string; name: string; filter: MachineFilter },
): Promise<SavedFilter> {
  return inTransaction(ctx, async (tx) => {
    await requireInstalled(tx, accountId)
    const saved = await upsertFilter(tx.db, { accountId, ...given })
    if ((await countFilters(tx.db, accountId)) > mostFilters)
      throw new StandinError('INPUT_INVALID', { detail: `An account has at most ${mostFilters} saved choices.` })
    const details = { filterId: saved.id, name: saved.name }
    await record(tx, { actor, event: 'filter.saved', accountId, details })
    return saved
  })
}

/** Does nothing when the filter does not exist. */
export async function removeFilter(
  ctx: Context,
  { actor, accountId, filterId }: { actor: Actor; accountId: string; filterId: string },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const name = await deleteFilter(tx.db, { accountId, filterId })
    if (name !== undefined) await record(tx, { actor, event: 'filter.deleted', accountId, details: { filterId, name } })
  })
}

/** What a filter of an account can choose from: the machines that its runs have read with scopes that the caller has as well. */
export async function filterChoices(
  { db }: Context,
  {
    accountId,
    own,
    search = '',
    filter,
  }: OwnScopes & { accountId: string; search?: string | undefined; filter: MachineFilter },
): Promise<FilterChoices> {
  const [choices, { known, matching }] = await Promise.all([
    countChoices(db, { accountId, own, search, limit: mostChoices }),
    countMachines(db, { accountId, own, filter }),
  ])
  return { ...choices, known, matching: known === 0 ? null : matching }
}
