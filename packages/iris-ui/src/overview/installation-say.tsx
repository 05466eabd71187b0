import type { Installation } from '@standin/client'
import { Link } from 'wouter'
import { useNow } from '../formats/use-now.ts'
import { Icon } from '../parts/icon.tsx'
import { addresses } from '../shell/addresses.ts'
import { useFirstSurroundings } from '../surroundings.ts'
import { overviewParts } from './late-overview.ts'
import { useAnnouncedChange } from './use-announced-change.ts'
import { workingSentence } from './working-sentence.ts'

const InstallationNotice = overviewParts.part('InstallationNotice')

interface InstallationSayProps {
  installation: Installation
  /** How many things wait for a person. */
  needs: number
  /** Schedules that would start if Standin worked. */
  onHold: number
  hasActions: boolean
}

/** The page's sentence: plain while Standin works, a notice with what to do when it does not. */
export function InstallationSay({ installation, needs, onHold, hasActions }: InstallationSayProps) {
  if (installation.state === 'active')
    return <Working since={installation.since} needs={needs} hasActions={hasActions} />
  return <InstallationNotice installation={installation} onHold={onHold} />
}

function Working({
  since,
  needs,
  hasActions,
}: Pick<InstallationSayProps, 'needs' | 'hasActions'> & { since: string | null }) {
  const { host, texts, formats } = useFirstSurroundings()
  const nowMs = useNow(30_000)
  const { headline, means } = workingSentence({ since }, { account: host.account.name, needs, nowMs, texts, formats })
  useAnnouncedChange(headline)

  return (
    <div className="say">
      <Icon {...(needs > 0 ? { name: 'warn', tone: 'warn' } : { name: 'check', tone: 'ok' })} size="lg" />
      <div>
        <h1>{headline}</h1>
        <p className="lead">{means.join(' ')}</p>
      </div>
      {hasActions && (
        <div className="acts">
          <Link href={addresses.actions} className="btn go">
            <Icon name="play" />
            {texts.actions.startAction}
          </Link>
        </div>
      )}
    </div>
  )
}
