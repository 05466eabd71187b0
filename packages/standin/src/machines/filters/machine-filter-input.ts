import { type MachineFilter, machineFilterSchema } from '@standin/contracts'

/**
 * The machines that an action works on, for its `input`: `machines: machineFilterInput`; by default all of them. The
 * form shows a choice of saved filters, sites, types and groups.
 */
export const machineFilterInput = machineFilterSchema
  .default({})
  .meta({ title: 'Which machines', format: 'machine-filter' })

interface Filterable {
  type: string | null
  site: { id: string } | null
  groups: ReadonlyArray<{ id: string }>
}

/** Whether a machine matches: it must have one value of every list that the filter has. */
export function matchesFilter(
  { type, site, groups }: Filterable,
  { types, siteIds, groupIds }: MachineFilter,
): boolean {
  if (types && !types.some((each) => each === type)) return false
  if (siteIds && !siteIds.some((id) => id === site?.id)) return false
  return !groupIds || groupIds.some((id) => groups.some((group) => group.id === id))
}
