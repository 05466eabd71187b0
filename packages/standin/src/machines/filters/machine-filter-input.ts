import { type MachineFilter, machineFilterSchema } from '@standin/contracts'

/**
 * Which machines an action works on, for its `input`: `machines: machineFilterInput`. Left out, it is all of them. The
 * form shows it as the choice of saved filters, sites, types and groups.
 */
export const machineFilterInput = machineFilterSchema
  .default({})
  .meta({ title: 'Which machines', format: 'machine-filter' })

interface Filterable {
  type: string | null
  site: { id: string } | null
  groups: ReadonlyArray<{ id: string }>
}

/** Whether a machine is one of those: of every list that is given, it has one. */
export function matchesFilter(
  { type, site, groups }: Filterable,
  { types, siteIds, groupIds }: MachineFilter,
): boolean {
  if (types && !types.some((each) => each === type)) return false
  if (siteIds && !siteIds.some((id) => id === site?.id)) return false
  return !groupIds || groupIds.some((id) => groups.some((group) => group.id === id))
}
