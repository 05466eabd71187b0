import { z } from 'zod'
import type { DataHealthIssue } from './findings.ts'

/**
 * The fleet's data health is documented as `v1beta1`, with its issues' names and that they are OPEN or RESOLVED; neither
 * its address nor its fields' names are. Both are our guess: where it is wrong, Trackunit refuses, and the list goes
 * without it.
 */
export const dataHealthPath = '/public/api/fleet-data-health/v1beta1/issues'

/** Documented. That its items name the asset as `assetId` or `id` is our guess. */
export const overduePath = '/api/service-management/v2/plans/assignments/service-status/OVERDUE/assets'
export const serviceScope = 'account.service-management.service-plan.assignment.view'

const issueSchema = z.object({
  assetId: z.string(),
  type: z.string(),
  status: z.string().optional(),
  openedAt: z.string().nullish().catch(null),
})

/** Adds a page of issues to those that are known; what is resolved or cannot be read is left out. */
export function withIssues(
  known: Readonly<Record<string, DataHealthIssue[]>>,
  items: readonly unknown[],
): Record<string, DataHealthIssue[]> {
  const issues = { ...known }
  for (const item of items) {
    const { data } = issueSchema.safeParse(item)
    if (!data || data.status === 'RESOLVED') continue
    const ofMachine = (issues[data.assetId] ?? []).filter(({ type }) => type !== data.type)
    issues[data.assetId] = [...ofMachine, { type: data.type, openedAt: data.openedAt ?? null }]
  }
  return issues
}

const overdueSchema = z.union([
  z.string(),
  z.object({ assetId: z.string() }).transform(({ assetId }) => assetId),
  z.object({ id: z.string() }).transform(({ id }) => id),
])

export function idsOfOverdue(items: readonly unknown[]): string[] {
  return items.flatMap((item) => overdueSchema.safeParse(item).data ?? [])
}
