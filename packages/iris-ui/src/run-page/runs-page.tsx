import { useInfiniteQuery } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { pagesOf } from '../connection/pages.ts'
import { useActions } from '../connection/use-actions.ts'
import { useKnown } from '../connection/use-known.ts'
import { useNow } from '../formats/use-now.ts'
import { ResultRow } from '../overview/result-row.tsx'
import { Button } from '../parts/button.tsx'
import { Crumb } from '../parts/crumb.tsx'
import { SkeletonRows } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { titleOf } from '../runs/title-of.ts'
import { addresses } from '../shell/addresses.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'

const ended = ['succeeded', 'failed', 'cancelled'] as const

/** Every result, newest first: the overview's list without a limit. */
export function RunsPage() {
  const { host, texts } = useSurroundings()
  const words = texts.results
  const trpc = useTRPC()
  const nowMs = useNow(60_000)
  const { actions } = useActions()
  usePageTitle(words.all)
  const input = { accountId: host.account.id, states: [...ended], limit: 50 }
  const query = useKnown(
    useInfiniteQuery(
      pagesOf(trpc.run.list.pathKey(), input, (cursor, options) =>
        trpc.run.list.query({ ...input, ...cursor }, options),
      ),
    ),
  )
  const shape = useSkeleton(query.isPending)
  const runs = query.data?.pages.flatMap((page) => page.runs).filter(hasEnded) ?? []

  return (
    <>
      <Crumb to={addresses.overview}>{texts.shell.overview}</Crumb>
      <div className="head">
        <div>
          <h1>{words.all}</h1>
          <p className="lead">{words.allLead}</p>
        </div>
      </div>
      {shape === 'skeleton' && <SkeletonRows />}
      {shape === 'content' && query.isMissing && <p className="sub">{texts.connection.partMissing}</p>}
      {shape === 'content' && query.isSuccess && runs.length === 0 && <p className="sub">{words.none}</p>}
      {runs.length > 0 && (
        <ul className="rows link results">
          {runs.map((run) => (
            <ResultRow key={run.id} run={run} title={titleOf(run.actionId, actions)} nowMs={nowMs} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <div className="more">
          <span />
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {words.more}
          </Button>
        </div>
      )}
    </>
  )
}
