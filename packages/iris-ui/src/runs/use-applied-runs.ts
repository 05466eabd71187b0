import type { Run } from '@standin/client'
import { skipToken, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { useSurroundings } from '../surroundings.ts'

/** The runs that made or make the changes of a preview, the newest first; undefined until they are known. */
export function useAppliedRuns(preview: { id: string; actionId: string } | undefined): readonly Run[] | undefined {
  const trpc = useTRPC()
  const accountId = useSurroundings().host.account.id
  const asked = preview && { accountId, actionId: preview.actionId, previewRunId: preview.id }
  return useQuery(trpc.run.list.queryOptions(asked ?? skipToken)).data?.runs
}
