import type { Action, MachineFilter, Run } from '@standin/client'
import type { ReactNode } from 'react'
import { elapsed } from '../formats/elapsed.ts'
import { useNow } from '../formats/use-now.ts'
import { filterWords } from '../forms/machine-filters.ts'
import { schemaFields } from '../forms/schema-fields.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { starterWords } from '../runs/starter-words.ts'
import { useSurroundings } from '../surroundings.ts'

interface RunFactsProps {
  run: Run
  action: Action | undefined
  /** In one line over the page, or in the column beside it. */
  line?: boolean
}

const noNames = new Map<string, string>()

export function RunFacts({ run, action, line }: RunFactsProps) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.run
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
  } else {
    facts.push([words.started, when(run.startedAt ?? run.createdAt)])
  }
  facts.push([words.startedBy, starterWords(run, host.user.id, texts)])

  const machines = action && schemaFields(action.inputSchema).find(({ kind }) => kind === 'machines')
  if (machines) {
    const filter = (run.input[machines.key] ?? {}) as MachineFilter
    facts.push([texts.form.machines, filterWords(filter, noNames, texts)])
  }
  if (!line && action) {
    const changes =
      run.mode === 'preview' ? words.changesPreview : action.changesData ? words.changesYes : words.changesNo
    facts.push([words.changesData, changes])
  }

  if (line) {
    return (
      <dl className="facts line">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    )
  }
  return (
    <section className="sec" aria-labelledby="h-facts">
      <h2 id="h-facts">{words.details}</h2>
      <dl className="facts">
        {facts.map(([name, value]) => [<dt key={`${name} dt`}>{name}</dt>, <dd key={name}>{value}</dd>])}
      </dl>
    </section>
  )
}
