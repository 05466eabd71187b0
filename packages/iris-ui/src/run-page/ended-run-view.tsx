import { skipToken, useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { Link } from 'wouter'
import { hindranceWords } from '../actions/hindrance-words.ts'
import { useHindrance } from '../actions/use-hindrance.ts'
import { useTRPC } from '../connection/api.ts'
import { useNow } from '../formats/use-now.ts'
import { isEverything } from '../forms/machine-filters.ts'
import { filterOfInput } from '../forms/use-filter-words.ts'
import { hostPages } from '../host-pages.ts'
import { ActionText } from '../parts/action-text.tsx'
import { Button } from '../parts/button.tsx'
import { Crumb } from '../parts/crumb.tsx'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { RefusedStart } from '../parts/refused-start.tsx'
import { isLead, ResultBody } from '../results/result-body.tsx'
import { HostLink } from '../results/row-link.tsx'
import { useResult } from '../results/use-result.ts'
import { addressOfRun } from '../runs/address-of-run.ts'
import { againOf } from '../runs/again.ts'
import { gapWords } from '../runs/gap-words.ts'
import { makersWords, progressWords } from '../runs/run-words.ts'
import { shareOf } from '../runs/share-of.ts'
import { useAppliedRuns } from '../runs/use-applied-runs.ts'
import { useRetryRun } from '../runs/use-retry-run.ts'
import { addresses } from '../shell/addresses.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { BesideResult } from './beside-result.tsx'
import { CheckedMachines } from './checked-machines.tsx'
import type { RunViewProps } from './going-run-view.tsx'
import { hasBeside } from './has-beside.ts'
import { useFactsInWords } from './run-facts.tsx'
import { RunLog } from './run-log.tsx'

/** The sentence and its facts in one line, then the list at once. Details are beside the list. */
export function EndedRunView({ run, log, action, title, said, heading }: RunViewProps) {
  const { texts, formats, langOf } = useSurroundings()
  const { first } = useResult(run)
  const detail = first?.detail ?? null
  const facts = useFactsInWords({ run, action })
  const progress = progressWords(run, { texts, formats })
  const forMaker = makersWords(run)
  // Manager lists all machines, but does not know which were chosen.
  const filter = filterOfInput(run.input, action) ?? {}
  const isOfAll = isEverything(filter)
  const [address, setAddress] = useAddressState()
  const areShown = address.get('checked') !== null
  const halfWay = run.state !== 'succeeded' && run.progress.done > 0
  const gap = run.state === 'succeeded' ? gapWords(run, { said: said.heading, detail, texts }) : undefined
  const lead = [...said.lead, ...(isLead(detail) && !gap ? [detail] : []), facts]

  return (
    <>
      <div className="top">
        <Crumb to={addresses.action(run.actionId)}>{title}</Crumb>
        <div className="say tight">
          {said.look && <Icon name={said.look.icon} tone={said.look.tone} size="lg" label={said.look.state} />}
          <div>
            <h1 ref={heading} tabIndex={-1} lang={langOf(said.heading)}>
              {said.heading}
            </h1>
            <p className="lead">
              {lead.filter(Boolean).map((sentence) => (
                <Fragment key={sentence}>
                  <ActionText>{sentence}</ActionText>{' '}
                </Fragment>
              ))}
              <Origin run={run} />
            </p>
            {forMaker && (
              <p className="small muted" lang="en">
                <bdi>{forMaker}</bdi>
              </p>
            )}
          </div>
        </div>
        {!gap && (
          <div className="acts">
            <RunAgain run={run} title={title} action={action} />
          </div>
        )}
      </div>
      {gap && (
        <Notice
          tone="warn"
          icon="warn"
          heading={<ActionText>{gap.heading}</ActionText>}
          slim
          aside={
            <>
              {gap.machines !== undefined &&
                (isOfAll ? (
                  <HostLink path={hostPages.fleet} className="btn quiet">
                    {texts.run.showMachines(gap.machines, formats.number(gap.machines))}
                  </HostLink>
                ) : (
                  <Button
                    look="quiet"
                    aria-expanded={areShown}
                    onClick={() => setAddress({ checked: areShown ? undefined : '1' })}
                  >
                    {texts.run.showMachines(gap.machines, formats.number(gap.machines))}
                  </Button>
                ))}
              <RunAgain run={run} title={title} action={action} />
            </>
          }
        >
          {gap.others.length > 0 && (
            <p>
              {gap.others.map((sentence) => (
                <Fragment key={sentence}>
                  <ActionText>{sentence}</ActionText>{' '}
                </Fragment>
              ))}
            </p>
          )}
        </Notice>
      )}
      {gap?.machines !== undefined && !isOfAll && areShown && (
        <CheckedMachines run={run} filter={filter} count={gap.machines} />
      )}
      {halfWay && (
        <ProgressBar
          label={title}
          share={shareOf(run)}
          valueText={progress ?? said.heading}
          look={run.state === 'failed' ? 'part' : 'held'}
          size="large"
        />
      )}
      <ResultBody run={run} beside={hasBeside(run, first) && <BesideResult run={run} />} />
      <RunLog log={log} actionId={run.actionId} />
    </>
  )
}

function Origin({ run }: Pick<RunViewProps, 'run'>) {
  const words = useSurroundings().texts.run
  const links = [
    run.scheduleId && { to: addresses.schedule(run.scheduleId), words: words.openSchedule, said: undefined },
    run.retryOf && { to: addresses.run(run.retryOf), words: words.seeEarlier, said: words.repeats },
    run.previewRunId && {
      to: addresses.preview(run.actionId, run.previewRunId),
      words: words.seePreview,
      said: words.madeFromPreview,
    },
    run.mode === 'preview' && { to: addressOfRun(run), words: words.openPreview, said: words.isPreview },
  ].filter((link) => typeof link === 'object' && link !== null)
  if (links.length === 0) return null
  return (
    <>
      {links.map(({ to, words: label, said }) => (
        <span key={to}>
          {said} <Link href={to}>{label}</Link>{' '}
        </span>
      ))}
    </>
  )
}

/** Runs it again, or shows why that is not possible. */
function RunAgain({ run, title, action }: Pick<RunViewProps, 'run' | 'title' | 'action'>) {
  const { texts } = useSurroundings()
  const nowMs = useNow(60_000)
  const hindrance = useHindrance(action)
  const trpc = useTRPC()
  const { previewRunId: of, actionId } = run
  const applied = useAppliedRuns(of === null ? undefined : { id: of, actionId })
  const preview = useQuery(
    trpc.run.get.queryOptions(run.previewRunId ? { runId: run.previewRunId } : skipToken, { staleTime: Infinity }),
  )
  const { press, busy, failure } = useRetryRun(run.id)
  if (preview.isLoading || (of !== null && applied === undefined)) return null
  const previewEndedAt = preview.data?.endedAt
  const again = againOf(run, { action, hindrance, previewEndedAt, applied: applied ?? [], nowMs })
  if (!action || !again) return null
  if (again.kind === 'new-preview' || again.kind === 'set-up')
    return (
      <>
        <Link href={addresses.actionLike(run.actionId, run.id)} className="btn">
          {again.kind === 'set-up' ? texts.actions.setUp : texts.run.newPreview}
        </Link>
        {again.kind === 'set-up' && <p className="small muted">{texts.results.because.INPUT_INVALID}</p>}
      </>
    )
  const hindered = again.kind === 'hindered' ? again.by : undefined

  return (
    <>
      <Button
        icon="redo"
        {...(run.state === 'failed' && { look: 'go' as const })}
        busy={busy}
        off={hindered !== undefined}
        aria-describedby={hindered ? 'again-not' : undefined}
        onClick={press}
      >
        {run.incomplete === null ? texts.run.again : texts.run.tryAgain}
      </Button>
      {hindered && (
        <p className="small muted" id="again-not">
          {hindered === 'role' ? texts.shell.needsRole : hindranceWords(hindered, action, texts)}
        </p>
      )}
      <div role="alert" className="alert">
        <RefusedStart failure={failure} title={title} isAgain />
      </div>
    </>
  )
}
