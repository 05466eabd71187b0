import type { Action, Run } from '@standin/client'
import { Link } from 'wouter'
import { failureOf } from '../connection/failure.ts'
import { useInstallation } from '../connection/use-account.ts'
import { useActions } from '../connection/use-actions.ts'
import { timeLeft } from '../formats/time-left.ts'
import { useNow } from '../formats/use-now.ts'
import { ActionText } from '../parts/action-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { SkeletonRows } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import type { EndedRun } from '../runs/follow-run.ts'
import { resultLook } from '../runs/result-look.ts'
import { resultWords, waitsUntil } from '../runs/run-words.ts'
import { useRuns } from '../runs/use-runs.ts'
import { addresses } from '../shell/addresses.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'
import { hindranceWords, leavesOutWords } from './hindrance-words.ts'
import { type Hindrance, hindranceOf } from './may-start.ts'

/** The catalogue: what each action does, how long it takes, whether it changes data, and its last result. */
export function CataloguePage() {
  const { texts } = useSurroundings()
  const words = texts.actions
  const installation = useInstallation()
  const { actions, isPending, isMissing, error } = useActions()
  const runs = useRuns()
  const shape = useSkeleton(isPending)
  usePageTitle(texts.shell.actions)
  const readOnly = actions.length > 0 && actions.every(({ mayStart }) => !mayStart)

  return (
    <>
      <div className="head">
        <div>
          <h1>{words.heading}</h1>
          <p className="lead">{words.lead}</p>
        </div>
      </div>
      {readOnly && (
        <Notice tone="wait" icon="eye" heading={texts.shell.readOnly} level={2} slim>
          <p>{texts.shell.readOnlyMeans}</p>
        </Notice>
      )}
      {shape === 'skeleton' && <SkeletonRows />}
      {shape === 'content' && isMissing && (
        <p className="sub">
          {error && failureOf(error) === 'NOT_FOUND' ? texts.connection.notThere : texts.connection.partMissing}
        </p>
      )}
      {shape === 'content' && !isMissing && actions.length === 0 && (
        <Notice tone="wait" icon="minus" heading={words.none} level={2}>
          <p>{words.noneMeans}</p>
        </Notice>
      )}
      {shape === 'content' && actions.length > 0 && (
        <ul className="rows link cat">
          {actions.map((action) => (
            <CatalogueRow
              key={action.id}
              action={action}
              hindrance={hindranceShown(hindranceOf(action, installation.data?.state), { readOnly })}
              missingFromPlan={installation.data?.missingFromPlan ?? []}
              going={workingOf(runs.going, action.id)}
              last={runs.results.find((run) => run.actionId === action.id)}
            />
          ))}
        </ul>
      )}
    </>
  )
}

/** The run that works, rather than one that waits for it. */
const workingOf = (going: readonly Run[], actionId: string) => {
  const own = going.filter((run) => run.actionId === actionId)
  return own.find(({ state }) => state === 'running') ?? own.at(-1)
}

/** What is stated above the list is not repeated in each row. */
const hindranceShown = (hindrance: Hindrance | undefined, { readOnly }: { readOnly: boolean }) =>
  hindrance === 'role' && readOnly ? undefined : hindrance

interface CatalogueRowProps {
  action: Action
  hindrance: Hindrance | undefined
  /** The account's scopes that its plan does not include. */
  missingFromPlan: readonly string[]
  going: Run | undefined
  last: EndedRun | undefined
}

function CatalogueRow({ action, hindrance, missingFromPlan, going, last }: CatalogueRowProps) {
  const { texts, langOf } = useSurroundings()
  const words = texts.actions
  const usual =
    action.usualSeconds === null ? words.usualUnknown : words.usual(texts.time.about(timeLeft(action.usualSeconds)))

  return (
    <li data-action={action.id} data-hindrance={hindrance}>
      <Icon name={action.changesData ? 'pen' : 'eye'} tone="wait" />
      <div>
        <p className="t">
          <Link href={addresses.action(action.id)} lang={langOf(action.title)}>
            {action.title}
          </Link>
        </p>
        <p className="d" lang={langOf(action.description)}>
          {action.description}
        </p>
        {hindrance && (
          <p className={`st ${hindrance === 'permission' ? 'warn' : 'wait'}`}>
            <Icon name={hindranceIcons[hindrance]} />
            <span>{hindranceWords(hindrance, action, texts)}</span>
          </p>
        )}
        {!hindrance && action.missingOptionalScopes.length > 0 && (
          <p className="st warn">
            <Icon name="warn" />
            <span>{leavesOutWords(action.missingOptionalScopes, { missingFromPlan, texts })}</span>
          </p>
        )}
      </div>
      <div className="cs">
        <div className="c">
          <b>{usual}</b>
          {action.changesData ? words.changes : words.onlyReads}
        </div>
        <div className="c">
          <LastOrNow action={action} going={going} last={last} />
        </div>
      </div>
      <div className="e">
        <Link href={addresses.action(action.id)} className="btn" aria-label={words.setUpNamed(action.title)}>
          {words.setUp}
        </Link>
      </div>
    </li>
  )
}

const hindranceIcons = {
  plan: 'minus',
  permission: 'warn',
  role: 'eye',
  removed: 'minus',
  stopped: 'pause',
  'not-installed': 'minus',
  access: 'clock',
  busy: 'clock',
} as const

function LastOrNow({ action, going, last }: Pick<CatalogueRowProps, 'action' | 'going' | 'last'>) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.actions
  const ended = last?.endedAt && <time dateTime={last.endedAt}>{words.last(formats.moment(last.endedAt, nowMs))}</time>
  if (going) {
    const held = going.state !== 'running'
    const until = waitsUntil(going)
    const { done, total } = going.progress
    const now = held
      ? until
        ? words.waitingUntil(formats.clock(until))
        : words.waiting
      : total
        ? words.running(formats.percent(done / total))
        : words.runningNow
    return (
      <>
        <span className={`st ${held ? 'wait' : 'run'}`}>
          <Icon name={held ? 'clock' : 'run'} />
          <span>{now}</span>
        </span>
        {ended}
      </>
    )
  }
  if (!last) return <span>{words.neverRan}</span>
  const { icon, tone, state } = resultLook(last, texts)
  return (
    <>
      <span className={`st ${tone} short`}>
        <Icon name={icon} label={state} />
        <span>
          <ActionText>{resultWords(last, { title: action.title, userId: host.user.id, texts, formats })}</ActionText>
        </span>
      </span>
      {ended}
    </>
  )
}
