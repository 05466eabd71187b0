import type { Action, Run } from '@standin/client'
import { useEffect, useMemo, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { hindranceWords } from '../actions/hindrance-words.ts'
import { useHindrance } from '../actions/use-hindrance.ts'
import { failureOf } from '../connection/failure.ts'
import { useActions } from '../connection/use-actions.ts'
import { timeLeft } from '../formats/time-left.ts'
import { useNow } from '../formats/use-now.ts'
import { ActionText } from '../parts/action-text.tsx'
import { Button } from '../parts/button.tsx'
import { Crumb } from '../parts/crumb.tsx'
import { Icon } from '../parts/icon.tsx'
import { RefusedStart } from '../parts/refused-start.tsx'
import { PageSkeleton } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { headWords } from '../results/cell-words.ts'
import { type ChosenRows, ChosenRowsContext, idsOfText, textOfIds } from '../results/chosen-rows.ts'
import { isLead, ResultBody } from '../results/result-body.tsx'
import { useFirstRows, useResult } from '../results/use-result.ts'
import { addressOfRun } from '../runs/address-of-run.ts'
import { isPreviewTooOld } from '../runs/again.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { runHeading } from '../runs/run-heading.ts'
import { titleOf } from '../runs/title-of.ts'
import { useAppliedRuns } from '../runs/use-applied-runs.ts'
import { useRunBefore } from '../runs/use-run-before.ts'
import { useRunEvents } from '../runs/use-run-events.ts'
import { useStartRun } from '../runs/use-start-run.ts'
import { secondsOfChanges, usualSecondsOf } from '../runs/usual-seconds.ts'
import { addresses } from '../shell/addresses.ts'
import { useAnnouncer, usePageTitle } from '../shell/announcer.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { NothingHere } from '../shell/nothing-here.tsx'
import { PartMissing } from '../shell/part-missing.tsx'
import { useSurroundings } from '../surroundings.ts'
import { EndedRunView } from './ended-run-view.tsx'
import { FileList } from './file-list.tsx'
import { GoingRunView } from './going-run-view.tsx'
import { RunFacts } from './run-facts.tsx'
import { useRun } from './use-run.ts'
import { useRunAnnouncements } from './use-run-announcements.ts'

/** What an action would change, and the button that changes it. */
export function PreviewPage({ actionId, runId }: { actionId: string; runId: string }) {
  const { texts } = useSurroundings()
  const { run, log, follow, isPending, error } = useRun(runId)
  const { actions, isPending: areActionsPending } = useActions()
  const rows = useFirstRows(runId)
  const shape = useSkeleton(isPending || areActionsPending || (rows.isPending && error === null))

  if (shape !== 'content') return shape === 'skeleton' ? <PageSkeleton /> : null
  if (!run) {
    const gone = error && ['RUN_NOT_FOUND', 'NOT_FOUND', 'INPUT_INVALID'].includes(failureOf(error))
    if (!gone) return <PartMissing error={error} />
    return <NothingHere heading={texts.run.unknown} means={texts.run.unknownMeans} />
  }
  const action = actions.find(({ id }) => id === actionId)
  return <KnownPreview run={run} log={log} action={action} follow={follow} />
}

interface KnownPreviewProps {
  run: Run
  log: ReturnType<typeof useRun>['log']
  action: Action | undefined
  follow: ReturnType<typeof useRun>['follow']
}

function KnownPreview({ run, log, action, follow }: KnownPreviewProps) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(10_000)
  useRunEvents(run.id, follow)
  const title = action?.title ?? titleOf(run.actionId, [])
  const said = runHeading(run, {
    title,
    userId: host.user.id,
    usualSeconds: usualSecondsOf(run, action),
    before: useRunBefore(run),
    nowMs,
    texts,
    formats,
  })
  usePageTitle(title, run.id)
  const heading = useRunAnnouncements(run, said.heading)
  const view = { run, log, action, title, said, heading }

  return (
    <div className="page-preview page-result" data-run={run.id} data-state={run.state}>
      {(!hasEnded(run) || run.state === 'succeeded') && (
        <Crumb to={`${addresses.action(run.actionId)}?like=${run.id}`}>{texts.preview.changeChoice}</Crumb>
      )}
      {!hasEnded(run) && <GoingRunView {...view} />}
      {hasEnded(run) && run.state !== 'succeeded' && <EndedRunView {...view} />}
      {run.state === 'succeeded' && <ReadyPreview {...view} />}
    </div>
  )
}

type ReadyProps = Parameters<typeof GoingRunView>[0]

function ReadyPreview({ run, action, title, heading }: ReadyProps) {
  const { texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.preview
  const { first } = useResult(run)
  const runs = useAppliedRuns(run)
  const leaving = useLeftOut()
  if (!first || !runs) return <PageSkeleton />
  // A preview is applied once. A run of it that failed can be repeated.
  const [applied] = runs
  const isTooOld = isPreviewTooOld(run.endedAt, nowMs)
  const isOpen = !applied && !isTooOld

  const total = first.total - (isOpen ? leaving.leftOut.size : 0)
  const count = formats.number(total)
  const one = total === 1
  if (first.total === 0) {
    return (
      <div className="say">
        <Icon name="check" tone="ok" size="lg" label={texts.results.succeededState} />
        <div>
          <h1 ref={heading} tabIndex={-1}>
            <ActionText>{run.headline ? texts.ofAction(run.actionId, run.headline) : words.nothingToDo}</ActionText>
          </h1>
          <p className="lead">{words.nothingToDoMeans}</p>
        </div>
      </div>
    )
  }
  const would = words.would[run.actionId]?.(count, one) ?? words.wouldChange(count, one)
  const made = formats.moment(run.endedAt ?? run.createdAt, nowMs)

  return (
    <>
      <div className="head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {would} {applied ? words.usedAlready : words.nothingYet}
          </h1>
          <p className="lead">{words.made(made)}</p>
          {isOpen && isLead(first.detail) && <p className="lead">{first.detail}</p>}
        </div>
      </div>
      <div className="confirm">
        <ByKind first={first} />
        <Apply
          run={run}
          action={action}
          title={title}
          applied={applied}
          isTooOld={isTooOld}
          leaving={leaving}
          count={total}
        />
        <div className="stack">
          <RunFacts run={run} action={action} />
          <section className="sec" aria-labelledby="h-files">
            <h2 id="h-files">{texts.run.files}</h2>
            <FileList run={run} />
          </section>
          <ChosenRowsContext value={isOpen ? leaving.chosen : undefined}>
            <div className={isOpen ? 'chosen' : undefined}>
              <ResultBody run={run} />
            </div>
          </ChosenRowsContext>
        </div>
      </div>
    </>
  )
}

/** As many as the server accepts. */
const MOST_LEFT_OUT = 500

/**
 * Rows of the preview whose changes are not wanted. The address has them, since in a frame without an origin nothing else
 * survives a reload.
 */
function useLeftOut() {
  const [address, setAddress] = useAddressState()
  const inAddress = address.get('out')
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(() => new Set(idsOfText(inAddress)))
  const text = textOfIds(leftOut)
  // Going back to before a row was opened leads to an older entry of this page.
  useEffect(() => {
    if (text !== (inAddress ?? '')) setAddress({ out: text })
  }, [text, inAddress, setAddress])
  const chosen = useMemo(
    (): ChosenRows => ({
      isLeftOut: ({ id }) => leftOut.has(id),
      mayLeaveOut: leftOut.size < MOST_LEFT_OUT,
      turn: ({ id }) => setLeftOut((before) => before.symmetricDifference(new Set([id]))),
    }),
    [leftOut],
  )
  return { leftOut, chosen, putBack: () => setLeftOut(new Set()) }
}

/** The totals, by what the action groups its changes by. */
function ByKind({ first }: { first: NonNullable<ReturnType<typeof useResult>['first']> }) {
  const { texts, formats } = useSurroundings()
  const words = texts.preview
  const facet = first.facets.find(({ values }) => values.length > 0)
  const column = first.columns.find(({ key }) => key === facet?.key)
  if (!facet || !column) return <div />
  return (
    <section className="sec" aria-labelledby="h-kind">
      <h2 id="h-kind">{words.by(column.title)}</h2>
      <div className="tw">
        <table className="fold nums" role="table">
          <caption className="vh">{words.by(column.title)}</caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">
                {headWords(column, formats)}
              </th>
              <th role="columnheader" scope="col" className="n">
                {words.number}
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {facet.values.map(({ value, message, rows }) => (
              <tr role="row" key={value}>
                <td role="cell">
                  <b>{message || texts.table.unknown}</b>
                </td>
                <td role="cell" className="n key">
                  <b>{formats.number(rows)}</b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

interface ApplyProps {
  run: Run
  action: Action | undefined
  title: string
  /** How many changes would be made. */
  count: number
  applied: Run | undefined
  isTooOld: boolean
  leaving: ReturnType<typeof useLeftOut>
}

function Apply({ run, action, title, count, applied, isTooOld, leaving: { leftOut, putBack } }: ApplyProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.preview
  const [, navigate] = useLocation()
  const { justStarted } = useAnnouncer()
  const starting = useStartRun((started) => {
    justStarted.current = started.id
    navigate(addressOfRun(started))
  })
  const hindrance = useHindrance(action)
  const isRefused = !action || hindrance !== undefined
  const off = isRefused || count === 0
  const number = formats.number(count)
  const seconds = secondsOfChanges(count, action)

  if (applied) {
    return (
      <aside className="side" aria-labelledby="h-do">
        <h2 id="h-do">{words.usedAlready}</h2>
        <Link href={addresses.run(applied.id)} className="btn">
          {words.seeRun}
        </Link>
      </aside>
    )
  }
  if (isTooOld) {
    return (
      <aside className="side" aria-labelledby="h-do">
        <h2 id="h-do">{words.tooOld}</h2>
        <p>{words.tooOldMeans}</p>
        <Link href={addresses.actionLike(run.actionId, run.id)} className="btn">
          {texts.run.newPreview}
        </Link>
      </aside>
    )
  }
  return (
    <aside className="side" aria-labelledby="h-do">
      <h2 id="h-do">{words.question[run.actionId] ?? words.questionAny}</h2>
      <p className="strong">{words.cannotBeUndone}</p>
      <p>
        {seconds !== null && words.takes(texts.time.about(timeLeft(seconds)))} {words.canStop}
      </p>
      {leftOut.size > 0 && (
        <p role="status">
          {count === 0 ? words.allLeftOut : words.leftOut(leftOut.size, formats.number(leftOut.size))}{' '}
          <button type="button" className="in-text" onClick={putBack}>
            {words.putBack}
          </button>
        </p>
      )}
      <Button
        look="risk"
        busy={starting.busy}
        off={off}
        aria-describedby={isRefused ? 'apply-role' : undefined}
        onClick={() =>
          starting.start({
            actionId: run.actionId,
            input: run.input,
            mode: 'apply',
            previewRunId: run.id,
            ...(leftOut.size > 0 && { leaveOut: [...leftOut] }),
          })
        }
      >
        {words.apply[run.actionId]?.(number, count === 1) ?? words.applyAny(number, count === 1)}
      </Button>
      {isRefused && (
        <p className="small muted" id="apply-role">
          {!action
            ? texts.results.because.ACTION_NOT_FOUND
            : hindrance === 'role'
              ? texts.shell.needsRole
              : hindrance && hindranceWords(hindrance, action, texts)}
        </p>
      )}
      <Link href={addresses.actions} className="btn">
        {words.notNow}
      </Link>
      <div role="alert">
        <RefusedStart failure={starting.failure} title={title} />
      </div>
    </aside>
  )
}
