import type { Action, Run } from '@standin/client'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { actionInWords } from '../actions/action-in-words.ts'
import { useActions } from '../connection/use-actions.ts'
import { useReceivers } from '../connection/use-receivers.ts'
import { elapsed } from '../formats/elapsed.ts'
import { useNow } from '../formats/use-now.ts'
import { ActionText } from '../parts/action-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { RowList } from '../results/row-list.tsx'
import { useResult } from '../results/use-result.ts'
import { resultLook } from '../runs/result-look.ts'
import { resultWords } from '../runs/run-words.ts'
import { recurrenceOf } from '../schedules/recurrence.ts'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import { ScheduleOffer } from './schedule-offer.tsx'

const WORST = 5
const MONDAYS = recurrenceOf({ kind: 'weekly', days: [0], hour: 6, minute: 0 })

/** What the first check found, its worst, and one offer: the same every Monday. */
export function FirstResult({ run, action: given }: { run: Run; action: Action }) {
  const { host, texts, formats } = useSurroundings()
  const { sendsEmail } = useActions()
  const action = useMemo(() => actionInWords(given, texts), [given, texts])
  const words = texts.firstDays
  const nowMs = useNow(60_000)
  const { first } = useResult(run)
  const receivers = useReceivers()
  const to = sendsEmail ? receivers.data?.own : null
  const { icon, tone, state } = resultLook({ ...run, state: 'succeeded' }, texts)
  const took = elapsed(Date.parse(run.endedAt ?? run.createdAt) - Date.parse(run.startedAt ?? run.createdAt))
  const rows = first?.total ?? 0

  return (
    <>
      <div className="say tight">
        <Icon name={icon} tone={tone} size="lg" label={state} />
        <div>
          <h1>
            <ActionText>{`${resultWords(run, { title: action.title, userId: host.user.id, texts, formats })}.`}</ActionText>
          </h1>
          <p className="lead">
            {words.checked(formats.moment(run.endedAt ?? run.createdAt, nowMs), texts.time.took(took))}
          </p>
        </div>
        <div className="acts">
          <Link href={addresses.run(run.id)} className="btn">
            {rows > 0 ? words.seeAll(rows, formats.number(rows)) : words.seeResult}
          </Link>
        </div>
      </div>
      {receivers.isPending ? (
        <div className="offer skeleton" aria-hidden="true" />
      ) : (
        <ScheduleOffer
          actionId={action.id}
          input={run.input}
          recurrence={MONDAYS}
          title={to ? words.everyMondayToYou(formats.wallClock(6, 0)) : words.everyMonday(formats.wallClock(6, 0))}
          means={to ? words.everyMondayMeans(to) : words.everyMondayKept}
          to={to ?? undefined}
          accept={to ? words.sendMondays : words.runMondays}
        />
      )}
      {first && first.rows.length > 0 && (
        <section className="sec" aria-labelledby="h-worst">
          <div className="h2">
            <h2 id="h-worst">{words.worst}</h2>
            {rows > WORST && <Link href={addresses.run(run.id)}>{words.all(formats.number(rows))}</Link>}
          </div>
          <RowList run={run} columns={first.columns} rows={first.rows.slice(0, WORST)} isSure />
        </section>
      )}
    </>
  )
}
