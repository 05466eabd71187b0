import { type Run, textOf } from '@standin/client'
import { elapsed } from '../formats/elapsed.ts'
import { Icon } from '../parts/icon.tsx'
import { countedWords, stepWaitWords } from '../runs/run-progress-words.ts'
import { useSurroundings } from '../surroundings.ts'

const looks = {
  done: { icon: 'check', tone: 'ok', className: undefined },
  running: { icon: 'spin', tone: 'run', className: 'now' },
  waiting: { icon: 'todo', tone: 'wait', className: 'todo' },
  failed: { icon: 'bad', tone: 'bad', className: undefined },
} as const

/** All steps from the start, with what each has counted. A wait is shown in its step. */
export function RunSteps({ run }: { run: Run }) {
  const { texts, formats, langOf } = useSurroundings()
  const words = texts.run
  const { actionId, steps, state } = run
  if (steps.length === 0) return null
  const said = { done: words.stepDone, running: words.stepNow, waiting: words.stepToDo, failed: words.stepFailed }
  const why = stepWaitWords(run, { texts, formats })

  return (
    <section className="sec" aria-labelledby="h-steps">
      <h2 id="h-steps">{words.steps}</h2>
      <ol className="lsteps">
        {steps.map((step) => {
          const isNow = step.state === 'running'
          const held = isNow && state !== 'running'
          const { icon, tone, className } = held
            ? ({ ...looks.running, icon: 'clock', tone: 'warn' } as const)
            : looks[step.state]
          return (
            <li key={textOf(step.name)} className={className} aria-current={isNow ? 'step' : undefined}>
              <Icon name={icon} tone={tone} spinning={isNow && !held} label={said[step.state]} />
              <div>
                <p className="t" lang={langOf(texts.ofAction(actionId, step.name))}>
                  {texts.ofAction(actionId, step.name)}
                </p>
                {held && why && <p className="d">{why}</p>}
              </div>
              <span className="num">
                {step.counted
                  ? countedWords(step.counted, { texts, formats })
                  : step.tookMs !== null && !isNow && texts.time.took(elapsed(step.tookMs))}
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
