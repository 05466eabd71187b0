import type { Installation } from '@standin/client'
import { Link } from 'wouter'
import { NextTry } from '../connection/next-try.tsx'
import { TryNow } from '../connection/try-now.tsx'
import { useNow } from '../formats/use-now.ts'
import { hostPages } from '../host-pages.ts'
import { Button } from '../parts/button.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import { ApprovalDecision } from './approval-decision.tsx'
import { installationSentence } from './installation-sentence.ts'
import { RemovalDecision } from './removal-decision.tsx'
import { useAnnouncedChange } from './use-announced-change.ts'

interface InstallationNoticeProps {
  installation: Installation
  /** Schedules that would start if Standin worked. */
  onHold: number
}

/** What happened, what it means and what to do, while Standin does not work. */
export function InstallationNotice({ installation, onHold }: InstallationNoticeProps) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(installation.state === 'pending' ? 1_000 : 30_000)
  const say = installationSentence(installation, { account: host.account.name, nowMs, onHold, texts, formats })
  const words = texts.installation
  useAnnouncedChange(say.headline)

  return (
    <Notice tone={say.tone} icon={say.icon} heading={say.headline} level={1}>
      {say.means.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {say.steps && <Steps since={installation.since} {...say.steps} />}
      {say.toDo && (
        <p>
          <b>{words.toDo}</b> {say.toDo}
        </p>
      )}
      {say.nextTry && (
        <p>
          {say.nextTry.said} <NextTry at={say.nextTry.at} />
        </p>
      )}
      {say.foot && <p className="small">{say.foot}</p>}
      {installation.state === 'awaiting-approval' && installation.mayApprove && installation.generation !== null && (
        <ApprovalDecision
          installation={installation}
          generation={installation.generation}
          since={installation.since ?? new Date(nowMs).toISOString()}
          activeSchedules={onHold}
        />
      )}
      {installation.state === 'suspended' && installation.mayApprove && <RemovalDecision isSuspended />}
      {(say.marketplace || say.details || say.nextTry || installation.state === 'uninstalled') && (
        <div className="btns">
          {say.marketplace && (
            <Button
              {...(installation.state !== 'uninstalled' && { look: 'go' as const })}
              icon="external"
              onClick={() => host.navigateInHost(hostPages.marketplace)}
            >
              {texts.shell.marketplace}
            </Button>
          )}
          {say.nextTry && <TryNow />}
          {installation.state === 'uninstalled' && (
            <Link href={addresses.activity} className="btn quiet">
              {words.seeActivity}
            </Link>
          )}
          {say.details && (
            <CopyText
              label={words.details}
              value={supportDetails(installation)}
              button={words.copyDetails}
              copied={words.detailsCopied}
              field="on-demand"
            />
          )}
        </div>
      )}
    </Notice>
  )
}

function Steps({ since, nextTry }: { since: string | null; nextTry: number | undefined }) {
  const { texts, formats } = useSurroundings()
  const words = texts.installation
  return (
    <ol className="steps">
      <li>
        <Icon name="check" tone="ok" label={words.done} />
        <span>{words.stepInstalled}</span>
        <span>{since && <time dateTime={since}>{formats.exactClock(since)}</time>}</span>
      </li>
      <li className="now">
        <Icon name="spin" tone="run" spinning label={words.now} />
        <span>{words.stepTrying}</span>
        {nextTry !== undefined && <span className="num">{words.stepTry(nextTry)}</span>}
      </li>
      <li className="todo">
        <Icon name="todo" label={words.later} />
        <span>{words.stepReady}</span>
      </li>
    </ol>
  )
}

/** Codes for support, never shown on the page. Contains no secrets. */
function supportDetails({ accountId, state, reason, generation, since, waiting }: Installation): string {
  const others = waiting.map((other) => `${other.generation}:${other.state}`).join(',')
  return [
    `account=${accountId}`,
    `state=${state}`,
    `reason=${reason ?? '-'}`,
    `generation=${generation ?? '-'}`,
    `since=${since ?? '-'}`,
    `waiting=${others || '-'}`,
  ].join(' ')
}
