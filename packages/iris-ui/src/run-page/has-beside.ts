import type { Run, RunResult } from '@standin/client'

/** Whether anything stands beside the list. Without a list, "no files" is not worth a heading. */
export function hasBeside(
  { artifacts, deliveries }: Pick<Run, 'artifacts' | 'deliveries'>,
  first: Pick<RunResult, 'total'> | undefined,
): boolean {
  return artifacts.length > 0 || deliveries.length > 0 || (first !== undefined && first.total > 0)
}
