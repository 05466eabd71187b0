import type { Action } from '@standin/client'
import { useEffect } from 'react'
import { Link } from 'wouter'
import { useActions } from '../connection/use-actions.ts'
import { timeLeft } from '../formats/time-left.ts'
import { hostPages } from '../host-pages.ts'
import { TryPlanButton } from '../overview/remedy-button.tsx'
import { ActionText } from '../parts/action-text.tsx'
import { Button } from '../parts/button.tsx'
import { Crumb } from '../parts/crumb.tsx'
import { Notice } from '../parts/notice.tsx'
import { PageSkeleton } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { runPages } from '../run-page/late-run-pages.ts'
import { addresses } from '../shell/addresses.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { NothingHere } from '../shell/nothing-here.tsx'
import { PartMissing } from '../shell/part-missing.tsx'
import { useSurroundings } from '../surroundings.ts'
import { ActionForm } from './action-form.tsx'
import { hindranceWords } from './hindrance-words.ts'
import type { Hindrance } from './may-start.ts'
import { useHindrance } from './use-hindrance.ts'
import { useInputOfRun } from './use-input-of-run.ts'

/** One action: what it does, its form, how long it takes. */
export function ActionPage({ actionId }: { actionId: string }) {
  const { texts, langOf } = useSurroundings()
  const { actions, isPending, isMissing, error } = useActions()
  const action = actions.find(({ id }) => id === actionId)
  const [address] = useAddressState()
  const earlier = useInputOfRun(address.get('like') ?? undefined)
  const hindrance = useHindrance(action)
  usePageTitle(action?.title)
  // Where a start leads.
  useEffect(() => void runPages.bring().catch(() => {}), [])
  const shape = useSkeleton(isPending || earlier.isPending)

  if (shape !== 'content') return shape === 'skeleton' ? <PageSkeleton /> : null
  if (isMissing) return <PartMissing error={error} />
  if (!action) return <NothingHere heading={texts.actions.unknown} />

  return (
    <>
      <Crumb to={addresses.actions}>{texts.shell.actions}</Crumb>
      <div className="head">
        <div>
          <h1 lang={langOf(action.title)}>{action.title}</h1>
          <p className="lead">
            <ActionText>{action.description}</ActionText> {action.changesData && texts.form.changesLead}
          </p>
        </div>
      </div>
      {hindrance && <HindranceNotice action={action} hindrance={hindrance} />}
      <ActionForm action={action} hindrance={hindrance} input={earlier.input} aside={<HowLong action={action} />} />
    </>
  )
}

function HindranceNotice({ action, hindrance }: { action: Action; hindrance: Hindrance }) {
  const { host, texts } = useSurroundings()
  const { shell } = texts
  return (
    <Notice
      tone={hindrance === 'permission' ? 'warn' : 'wait'}
      icon={hindrance === 'permission' ? 'warn' : hindrance === 'role' ? 'eye' : 'clock'}
      heading={hindranceWords(hindrance, action, texts)}
      level={2}
      slim
      {...(hindrance === 'permission' && {
        aside: (
          <Button icon="external" onClick={() => host.navigateInHost(hostPages.apps)}>
            {shell.openApps}
          </Button>
        ),
      })}
    >
      {hindrance === 'role' && <p>{shell.readOnlyMeans}</p>}
      {hindrance === 'permission' && <p>{texts.needs.howToAllow}</p>}
      {hindrance === 'plan' && <p>{texts.needs.whichPlan}</p>}
      {hindrance === 'plan' && action.missingPlan !== null && <TryPlanButton />}
      {(hindrance === 'removed' || hindrance === 'stopped' || hindrance === 'not-installed') && (
        <Link href={addresses.overview}>{shell.toOverview}</Link>
      )}
    </Notice>
  )
}

function HowLong({ action: { usualSeconds, changesData } }: { action: Action }) {
  const { texts } = useSurroundings()
  const words = texts.form
  const known = usualSeconds !== null
  return (
    <aside className="side" aria-labelledby="h-est">
      <h2 id="h-est">{words.howLong}</h2>
      <p className="big">{known ? words.usually(texts.time.about(timeLeft(usualSeconds))) : words.unknownTime}</p>
      <p>{!known ? words.unknownTimeMeans : changesData ? words.forPreview : words.usuallyMeans}</p>
      <hr />
      <p>{changesData ? words.previewMeans : words.closePage}</p>
    </aside>
  )
}
