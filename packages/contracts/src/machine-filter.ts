import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'

const ids = z.array(z.string().min(1).max(200)).max(200)

/** Which machines: those that match every list that is given; an empty filter is all machines. */
export const machineFilterSchema = z.strictObject({
  groupIds: ids.optional(),
  siteIds: ids.optional(),
  types: ids.optional(),
})
export type MachineFilter = z.infer<typeof machineFilterSchema>

export const filterIdSchema = z.guid().toLowerCase()

/** A filter that an account saved under a name, which is unique on the account whatever its case. */
export const savedFilterSchema = z.object({
  id: filterIdSchema,
  accountId: accountIdSchema,
  name: z.string(),
  filter: machineFilterSchema,
})
export type SavedFilter = z.infer<typeof savedFilterSchema>

export const filterNameSchema = z.string().trim().min(1).max(80)

/** One thing to filter by, and how many of the known machines it has. */
export const filterChoiceSchema = z.object({ id: z.string(), name: z.string(), machines: z.int() })

/** What can be chosen on an account, from the machines that its runs have seen. */
export const filterChoicesSchema = z.object({
  groups: z.array(filterChoiceSchema),
  sites: z.array(filterChoiceSchema),
  types: z.array(filterChoiceSchema),
  /** How many known machines the given filter matches; null while none are known. */
  matching: z.int().nullable(),
  known: z.int(),
})
export type FilterChoices = z.infer<typeof filterChoicesSchema>
