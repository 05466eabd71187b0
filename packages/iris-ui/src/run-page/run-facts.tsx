import type { Action, Run } from '@standin/client'
import type { ReactNode } from 'react'
import { elapsed } from '../formats/elapsed.ts'
import { inSentence } from '../formats/in-sentence.ts'
import { useNow } from '../formats/use-now.ts'
import { choicesInWords } from '../forms/choices-in-words.ts'
import { isEverything } from '../forms/machine-filters.ts'
import { filterOfInput, useFilterWords } from '../forms/use-filter-words.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { startedByWords } from '../runs/run-words.ts'
import { starterWords } from '../runs/starter-words.ts'
import { useSurroundings } from '../surroundings.ts'

interface RunFactsProps {
  run: Run
  action: Action | undefined
}

/** `Finished today 06:09, all machines, by schedule.` The choices that are not the usual ones with it. */
export function useFactsInWords({ run, action }: RunFactsProps): string {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const machines = filterOfInput(run.input, action)
  const sayMachines = useFilterWords([machines])
  if (!run.endedAt) return ''
  const choices = action ? choicesInWords(run.input, action.inputSchema, { texts, formats, ofDefault: false }) : []
  return texts.run.facts(
    run.state === 'succeeded' ? 'finished' : 'stopped',
    texts.results.when(formats.moment(run.endedAt, nowMs)),
    [
      ...(machines ? [isEverything(machines) ? lowered(texts.form.allMachines) : sayMachines(machines)] : []),
      startedByWords(run, { userId: host.user.id, texts }),
      ...choices.map(([name, value]) => texts.table.labelled(inSentence(name, texts), value)),
    ],
  )
}

const lowered = (words: string) => words.charAt(0).toLowerCase() + words.slice(1)

/** What a run does or would do, with all its choices: before a change, unchanged ones matter just as much. */
export function RunFacts({ run, action }: RunFactsProps) {
  const { host, texts, formats, langOf } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.run
  const machines = filterOfInput(run.input, action)
  const sayMachines = useFilterWords([machines])
  const when = (at: string) => {
    const moment = formats.moment(at, nowMs)
    return (
      <time dateTime={at}>
        {moment.shortDay.charAt(0).toUpperCase()}
        {moment.shortDay.slice(1)}, {moment.clock}
      </time>
    )
  }
  const facts: [string, ReactNode][] = []
  if (hasEnded(run) && run.endedAt) {
    facts.push([run.state === 'succeeded' ? words.finished : words.stoppedAt, when(run.endedAt)])
    if (run.startedAt)
      facts.push([words.took, texts.time.took(elapsed(Date.parse(run.endedAt) - Date.parse(run.startedAt)))])
  } else if (run.startedAt) {
    facts.push([words.started, when(run.startedAt)])
  }
  facts.push([words.startedBy, starterWords(run, host.user.id, texts)])

  if (machines) facts.push([texts.form.machines, sayMachines(machines)])
  if (action) {
    facts.push(...choicesInWords(run.input, action.inputSchema, { texts, formats, ofDefault: true }))
    const changes =
      run.mode === 'preview' ? words.changesPreview : action.changesData ? words.changesYes : words.changesNo
    facts.push([words.changesData, changes])
  }

  return (
    <section className="sec" aria-labelledby="h-facts">
      <h2 id="h-facts">{words.details}</h2>
      <dl className="facts">
        {facts.map(([name, value]) => [
          <dt key={`${name} dt`} lang={langOf(name)}>
            {name}
          </dt>,
          <dd key={name}>{value}</dd>,
        ])}
      </dl>
    </section>
  )
}
