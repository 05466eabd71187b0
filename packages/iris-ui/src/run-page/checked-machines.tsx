import type { MachineFilter, Run } from '@standin/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { pagesOf } from '../connection/pages.ts'
import { hostPages } from '../host-pages.ts'
import { Button } from '../parts/button.tsx'
import { HostLink } from '../results/row-link.tsx'
import { useSurroundings } from '../surroundings.ts'

interface CheckedMachinesProps {
  run: Run
  filter: MachineFilter
  /** How many there are. */
  count: number
}

/** The machines of a choice that a run read, each with its page in Manager. */
export function CheckedMachines({ run, filter, count }: CheckedMachinesProps) {
  const { texts, formats } = useSurroundings()
  const trpc = useTRPC()
  const input = { runId: run.id, filter, limit: 100 }
  const query = useInfiniteQuery({
    ...pagesOf(trpc.run.machines.pathKey(), input, (cursor, options) =>
      trpc.run.machines.query({ ...input, ...cursor }, options),
    ),
    staleTime: Infinity,
  })
  const machines = query.data?.pages.flatMap((page) => page.machines) ?? []
  return (
    <section className="sec checked" id="checked" aria-label={texts.run.checkedMachines(count, formats.number(count))}>
      {query.isError && machines.length === 0 && <p className="sub">{texts.connection.partMissing}</p>}
      {query.isSuccess && machines.length === 0 && <p className="sub">{texts.run.checkedUnknown}</p>}
      <ul>
        {machines.map(({ id, name, detail }) => (
          <li key={id}>
            <HostLink path={hostPages.machine(id)} className="mach">
              <bdi>{name}</bdi>
            </HostLink>
            {detail && <bdi className="d">{detail}</bdi>}
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {texts.results.more}
        </Button>
      )}
    </section>
  )
}
