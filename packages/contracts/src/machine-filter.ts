import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { lineSchema } from './text.ts'

const ids = z.array(lineSchema(200).min(1)).max(200)

/** Machines that match every given list. An empty filter matches all machines. */
export const machineFilterSchema = z.strictObject({
  groupIds: ids.optional(),
  siteIds: ids.optional(),
  types: ids.optional(),
})
/** Which machines: those in any of the groups, sites and types that are given; all of them by default. */
export type MachineFilter = z.infer<typeof machineFilterSchema>

export const filterIdSchema = z.guid().toLowerCase()

/** A saved filter. Its name is unique on the account, ignoring case. */
export const savedFilterSchema = z.object({
  id: filterIdSchema,
  accountId: accountIdSchema,
  name: z.string(),
  filter: machineFilterSchema,
})
/** A machine filter that the people of an account gave a name. */
export type SavedFilter = z.infer<typeof savedFilterSchema>

export const filterNameSchema = lineSchema(80).regex(/^\S(.*\S)?$/u, 'must not begin or end with a space')

/** A value to filter by, and how many known machines have it. */
export const filterChoiceSchema = z.object({ id: z.string(), name: z.string(), machines: z.int() })

/** The values to filter by, from the machines that the account's runs have seen. */
export const filterChoicesSchema = z.object({
  groups: z.array(filterChoiceSchema),
  sites: z.array(filterChoiceSchema),
  types: z.array(filterChoiceSchema),
  /** How many known machines the given filter matches; null while none are known. */
  matching: z.int().nullable(),
  known: z.int(),
})
/** What a machine filter can choose from on an account. */
export type FilterChoices = z.infer<typeof filterChoicesSchema>
