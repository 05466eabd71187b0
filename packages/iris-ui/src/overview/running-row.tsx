import type { Run, RunEvent } from '@standin/client'
import { Link } from 'wouter'
import { capital } from '../formats/capital.ts'
import { timeLeft } from '../formats/time-left.ts'
import { useNow } from '../formats/use-now.ts'
import { Icon } from '../parts/icon.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { addressOfRun } from '../runs/address-of-run.ts'
import { progressMessage, progressWords, runningWords, startedByWords, waitingWords } from '../runs/run-words.ts'
import { shareOf } from '../runs/share-of.ts'
import { useRunEvents } from '../runs/use-run-events.ts'
import { useSurroundings } from '../surroundings.ts'

interface RunningRowProps {
  run: Run
  title: string
  onEvents(runId: string, events: readonly RunEvent[]): void
}

export function RunningRow({ run, title, onEvents }: RunningRowProps) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  useRunEvents(run.id, onEvents)

  const words = texts.running
  const held = run.state === 'waiting' || run.state === 'queued'
  const stopping = run.state === 'cancelling'
  const shown = { title, userId: host.user.id, texts, formats }
  const sentence = runningWords(run, shown)
  const left = run.progress.secondsLeft === null || held || stopping ? undefined : timeLeft(run.progress.secondsLeft)
  const progress = progressWords(run, shown)
  const started = run.startedAt ?? run.createdAt
  const meanwhile: Partial<Record<Run['state'], string | undefined>> = {
    queued: words.queuedMeans,
    running: progressMessage(run, shown).sentence,
    waiting: waitingWords(run, texts),
  }

  return (
    <li data-run={run.id} data-state={run.state}>
      <Icon
        name={stopping ? 'spin' : held ? 'clock' : 'run'}
        tone={held || stopping ? 'wait' : 'run'}
        spinning={stopping}
      />
      <div>
        <p className="t num">
          <Link href={addressOfRun(run)}>{sentence}</Link>
        </p>
        {run.state !== 'queued' && (
          <ProgressBar
            label={title}
            share={shareOf(run)}
            valueText={[progress ?? sentence, left && words.leftSpoken(left)].filter(Boolean).join(', ')}
            look={held || stopping ? 'held' : undefined}
          />
        )}
        <p className="d">
          {[
            meanwhile[run.state],
            `${capital(startedByWords(run, shown))}, ${texts.results.when(formats.moment(started, nowMs))}`,
          ]
            .filter(Boolean)
            .map((part, index) => (
              <span key={part}>
                {index > 0 && ' · '}
                {part}
              </span>
            ))}
        </p>
      </div>
      <div className="e">{left && <span className="left">{words.left(left)}</span>}</div>
    </li>
  )
}
