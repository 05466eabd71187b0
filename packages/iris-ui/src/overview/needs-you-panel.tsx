import type { Installation } from '@standin/client'
import { Suspense } from 'react'
import { Link } from 'wouter'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useFirstSurroundings } from '../surroundings.ts'
import { overviewParts } from './late-overview.ts'
import type { Need } from './needs-you.ts'
import { AgainButton, ResendButton, ResumeButton, TryPlanButton } from './remedy-button.tsx'

const ApprovalDecision = overviewParts.part('ApprovalDecision')
const RemovalDecision = overviewParts.part('RemovalDecision')

interface NeedsYouPanelProps {
  needs: readonly Need[]
  installation: Installation
  /** The number of active schedules, for the decision about access. */
  activeSchedules: number
}

/** The one tinted panel: there only while something waits for a person. */
export function NeedsYouPanel({ needs, installation, activeSchedules }: NeedsYouPanelProps) {
  const { host, texts } = useFirstSurroundings()
  if (needs.length === 0) return null

  return (
    <section className="sec need" aria-labelledby="h-need" data-needs={needs.length}>
      <h2 id="h-need">{texts.needs.heading}</h2>
      <ul className="rows">
        {needs.map(({ id, tone, icon, what, means, way }) => (
          <li key={id} data-need={id}>
            <Icon name={icon} tone={tone} />
            <div>
              <p className="t">{what}</p>
              <p className="d">{means}</p>
            </div>
            <div className="e">
              {way?.kind === 'page' && (
                <Link href={way.to} className="btn">
                  {way.words}
                </Link>
              )}
              {way?.kind === 'host' && (
                <Button icon="external" onClick={() => host.navigateInHost(way.path)}>
                  {way.words}
                </Button>
              )}
              {way?.kind === 'resend' && <ResendButton {...way} />}
              {way?.kind === 'again' && <AgainButton {...way} />}
              {way?.kind === 'plan' && <TryPlanButton />}
              {way?.kind === 'resume' && <ResumeButton {...way} />}
            </div>
            {way?.kind === 'removal' && (
              <div className="under">
                <Suspense fallback={null}>
                  <RemovalDecision />
                </Suspense>
              </div>
            )}
            {way?.kind === 'approval' && (
              <div className="under">
                <Suspense fallback={null}>
                  <ApprovalDecision
                    installation={installation}
                    generation={way.generation}
                    since={way.since}
                    activeSchedules={activeSchedules}
                  />
                </Suspense>
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
