import { answered } from 'standin/fleet'
import { z } from 'zod'
import type { DataHealthIssue } from './findings.ts'

const { id, itemsOf, moment, text } = answered

/**
 * The fleet's data health is documented as `v1beta1`, with its issues' names and states OPEN and RESOLVED, but without its
 * address and fields. Those are a guess: if it is wrong, Trackunit refuses and the list leaves data health out.
 */
export const dataHealthPath = '/public/api/fleet-data-health/v1beta1/issues'

/** Documented. That its items have `assetId` or `id` is a guess. */
export const overduePath = '/api/service-management/v2/plans/assignments/service-status/OVERDUE/assets'
export const serviceScope = 'account.service-management.service-plan.assignment.view'

const issueSchema = z.object({ assetId: id, type: text, status: text, openedAt: moment })

/** Adds a page of issues; resolved and unreadable ones are left out. */
export function withIssues(
  known: Readonly<Record<string, DataHealthIssue[]>>,
  items: readonly unknown[],
): Record<string, DataHealthIssue[]> {
  const issues = new Map(Object.entries(known))
  for (const { assetId, type, status, openedAt } of itemsOf(issueSchema).parse(items)) {
    if (type === null || status === 'RESOLVED') continue
    const ofMachine = (issues.get(assetId) ?? []).filter((issue) => issue.type !== type)
    issues.set(assetId, [...ofMachine, { type, openedAt: openedAt?.toISOString() ?? null }])
  }
  return Object.fromEntries(issues)
}

const overdueSchema = z.union([
  id,
  z.object({ assetId: id }).transform(({ assetId }) => assetId),
  z.object({ id }).transform(({ id }) => id),
])

export const idsOfOverdue = (items: readonly unknown[]): string[] => itemsOf(overdueSchema).parse(items)
