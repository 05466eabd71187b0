import type { Action, Installation, Run } from '@standin/client'
import { Link } from 'wouter'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'
import { ApprovalDecision } from './approval-decision.tsx'
import { needInWords } from './need-in-words.ts'
import type { Need } from './needs-you.ts'
import { AgainButton, ResendButton, ResumeButton, TryPlanButton } from './remedy-button.tsx'
import { RemovalDecision } from './removal-decision.tsx'

interface NeedsYouPanelProps {
  needs: readonly Need[]
  installation: Installation
  actions: readonly Action[]
  /** Whether the server can send emails. */
  sendsEmail: boolean
  /** The runs that have not ended. */
  going: readonly Run[]
  /** The number of active schedules, for the decision about access. */
  activeSchedules: number
}

/** The only tinted panel. Shown only while something waits for a person. */
export function NeedsYouPanel({ needs, installation, activeSchedules, ...around }: NeedsYouPanelProps) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(30_000)
  if (needs.length === 0) return null
  const { mayApprove } = installation
  const said = needs.map((need) => ({
    id: need.id,
    ...needInWords(need, { ...around, mayApprove, nowMs, texts, formats }),
  }))

  return (
    <section className="sec need" aria-labelledby="h-need" data-needs={needs.length}>
      <h2 id="h-need">{texts.needs.heading}</h2>
      <ul className="rows">
        {said.map(({ id, tone, icon, what, means, way }) => (
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
                <RemovalDecision />
              </div>
            )}
            {way?.kind === 'approval' && (
              <div className="under">
                <ApprovalDecision
                  installation={installation}
                  generation={way.generation}
                  since={way.since}
                  activeSchedules={activeSchedules}
                />
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
