import type { Action, MachineFilter, SavedFilter } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTRPC } from '../connection/api.ts'
import { useSurroundings } from '../surroundings.ts'
import { filterWords, isEverything, namesOf, savedFilterOf } from './machine-filters.ts'
import { schemaFields } from './schema-fields.ts'

const noFilters: readonly SavedFilter[] = []
const noNames = new Map<string, string>()

/** Which machines an input asks for; undefined if its action does not ask for machines, or is not known. */
export function filterOfInput(input: Record<string, unknown>, action: Action | undefined): MachineFilter | undefined {
  const field = action && schemaFields(action.inputSchema).find(({ kind }) => kind === 'machines')
  return field && ((input[field.key] ?? {}) as MachineFilter)
}

/** Names the machines: by the saved choice's name, or by the names of its parts. */
export function useFilterWords(filters: readonly (MachineFilter | undefined)[]): (filter: MachineFilter) => string {
  const { host, texts } = useSurroundings()
  const trpc = useTRPC()
  const accountId = host.account.id
  const enabled = filters.some((filter) => filter && !isEverything(filter))
  const kept = useQuery(trpc.filter.list.queryOptions({ accountId }, { enabled })).data?.filters ?? noFilters
  const choices = useQuery(trpc.filter.choices.queryOptions({ accountId }, { enabled, staleTime: 60_000 })).data
  const names = useMemo(() => namesOf(choices, noNames), [choices])
  return (filter) =>
    isEverything(filter)
      ? texts.form.allMachines
      : (savedFilterOf(filter, kept)?.name ?? filterWords(filter, names, texts))
}
