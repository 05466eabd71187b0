import { zoneName } from '@standin/client'
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { useNow } from '../formats/use-now.ts'
import { useSurroundings } from '../surroundings.ts'

interface NextTimesProps {
  /** Undefined while the form is not filled in. */
  recurrence: string | undefined
  timeZone: string
}

/** The next five times, as the server calculates them. */
export function NextTimes({ recurrence, timeZone }: NextTimesProps) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.schedules
  const trpc = useTRPC()
  const { data, isError } = useQuery(
    trpc.schedule.preview.queryOptions(recurrence ? { accountId: host.account.id, recurrence, timeZone } : skipToken, {
      placeholderData: keepPreviousData,
    }),
  )
  if (!recurrence) return <p className="sub">{words.nextUnknown}</p>
  if (isError) return <p className="sub">{texts.connection.partMissing}</p>
  if (!data) return <ol className="next" aria-busy="true" />
  if (data.times.length === 0) return <p className="sub">{words.noTimes}</p>

  return (
    <ol className="next">
      {data.times.map((at) => (
        <li key={at}>
          <time dateTime={at}>{formats.dayAndClock(at, timeZone)}</time>
          <span>
            {timeZone === formats.zone || formats.clock(at) === formats.clockIn(at, timeZone)
              ? formats.fromNow(at, nowMs)
              : words.both(formats.clockIn(at, timeZone), zoneName(timeZone, texts.language), formats.clock(at))}
          </span>
        </li>
      ))}
    </ol>
  )
}
