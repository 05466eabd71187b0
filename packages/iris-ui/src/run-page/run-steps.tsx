import { type Run, textOf } from '@standin/client'
import { elapsed } from '../formats/elapsed.ts'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'

const looks = {
  done: { icon: 'check', tone: 'ok', className: undefined },
  running: { icon: 'spin', tone: 'run', className: 'now' },
  waiting: { icon: 'todo', tone: undefined, className: 'todo' },
  failed: { icon: 'bad', tone: 'bad', className: undefined },
} as const

export function RunSteps({ run: { actionId, steps, progress, state } }: { run: Run }) {
  const { texts, formats } = useSurroundings()
  const words = texts.run
  if (steps.length === 0) return null
  const said = { done: words.stepDone, running: words.stepNow, waiting: words.stepToDo, failed: words.stepFailed }
  const percent = progress.total ? formats.percent(Math.min(1, progress.done / progress.total)) : undefined

  return (
    <section className="sec" aria-labelledby="h-steps">
      <h2 id="h-steps">{words.steps}</h2>
      <ol className="steps">
        {steps.map((step) => {
          const held = step.state === 'running' && state !== 'running'
          const { icon, tone, className } = held
            ? ({ ...looks.running, icon: 'clock', tone: 'wait' } as const)
            : looks[step.state]
          const spinning = step.state === 'running' && !held
          return (
            <li key={textOf(step.name)} className={className}>
              <Icon name={icon} {...(tone && { tone })} spinning={spinning} label={said[step.state]} />
              <span>{texts.ofAction(actionId, step.name)}</span>
              <span>
                {step.state === 'running' && !held && percent}
                {step.tookMs !== null && step.state !== 'running' && texts.time.took(elapsed(step.tookMs))}
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
