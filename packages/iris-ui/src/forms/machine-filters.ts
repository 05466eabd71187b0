import type { FilterChoices, MachineFilter, SavedFilter } from '@standin/client'
import type { Texts } from '../texts/en.ts'

/** The lists of a filter, each with the list of choices that it is taken from. */
export const filterLists = [
  { list: 'siteIds', choices: 'sites' },
  { list: 'types', choices: 'types' },
  { list: 'groupIds', choices: 'groups' },
] as const
export type FilterList = (typeof filterLists)[number]['list']

export interface Chip {
  list: FilterList
  id: string
  label: string
}

/** Known names, even if the current list does not contain them. */
export function namesOf(choices: FilterChoices | undefined, known: ReadonlyMap<string, string>): Map<string, string> {
  const names = new Map(known)
  for (const { list, choices: from } of filterLists) {
    for (const { id, name } of choices?.[from] ?? []) names.set(`${list} ${id}`, name)
  }
  return names
}

export function chipsOf(filter: MachineFilter, names: ReadonlyMap<string, string>, texts: Texts): Chip[] {
  const { form } = texts
  const say = { siteIds: form.site, types: form.type, groupIds: form.group }
  return filterLists.flatMap(({ list }) =>
    (filter[list] ?? []).map((id) => ({
      list,
      id,
      label: say[list](choiceName(list, { id, name: names.get(`${list} ${id}`) ?? id }, texts)),
    })),
  )
}

/** As results name it: a type in words, never as Trackunit writes it. */
export const choiceName = (
  list: FilterList,
  { id, name }: { id: string; name: string },
  { machineType }: Pick<Texts, 'machineType'>,
): string => (list === 'types' ? machineType(id) : name)

export function withToggled(filter: MachineFilter, list: FilterList, id: string): MachineFilter {
  const before = filter[list] ?? []
  const after = before.includes(id) ? before.filter((one) => one !== id) : [...before, id]
  const { [list]: _, ...rest } = filter
  return after.length > 0 ? { ...rest, [list]: after } : rest
}

export const isEverything = (filter: MachineFilter) =>
  filterLists.every(({ list }) => (filter[list] ?? []).length === 0)

/** The saved choice that equals this one, in any order. */
export function savedFilterOf(filter: MachineFilter, saved: readonly SavedFilter[]): SavedFilter | undefined {
  return saved.find((one) => isSameFilter(one.filter, filter))
}

export const isSameFilter = (one: MachineFilter, other: MachineFilter) => keyOf(one) === keyOf(other)

const keyOf = (filter: MachineFilter) => JSON.stringify(filterLists.map(({ list }) => [...(filter[list] ?? [])].sort()))

/** Which machines a run was about, in words. */
export function filterWords(filter: MachineFilter, names: ReadonlyMap<string, string>, texts: Texts): string {
  if (isEverything(filter)) return texts.form.allMachines
  return chipsOf(filter, names, texts)
    .map(({ label }) => label)
    .join(', ')
}
