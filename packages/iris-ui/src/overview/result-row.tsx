import { Link } from 'wouter'
import { ActionText } from '../parts/action-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { addressOfRun } from '../runs/address-of-run.ts'
import type { EndedRun } from '../runs/follow-run.ts'
import { resultLook } from '../runs/result-look.ts'
import { reasonWords, resultWords, startedByWords } from '../runs/run-words.ts'
import { useSurroundings } from '../surroundings.ts'

interface ResultRowProps {
  run: EndedRun
  title: string
  nowMs: number
  /** In place of the number of files. */
  end?: string
}

/** The result as a sentence, when and by whom, and how many files it left. */
export function ResultRow({ run, title, nowMs, end }: ResultRowProps) {
  const { host, texts, formats, langOf } = useSurroundings()
  const words = texts.results
  const shown = { title, userId: host.user.id, texts, formats }
  const { icon, tone, state } = resultLook(run, texts)
  const endedAt = run.endedAt ?? run.createdAt
  const reason = reasonWords(run, shown)

  return (
    <li data-run={run.id} data-state={run.state}>
      <Icon name={icon} tone={tone} label={state} />
      <div>
        <p className="t">
          <Link href={addressOfRun(run)} lang={langOf(resultWords(run, shown))}>
            {resultWords(run, shown)}
          </Link>
        </p>
        <p className="d">
          <ActionText>{reason}</ActionText>
          {reason && ' '}
          <ActionText>{title}</ActionText>, <time dateTime={endedAt}>{words.when(formats.moment(endedAt, nowMs))}</time>
          , {startedByWords(run, shown)}
        </p>
      </div>
      <div className="e num">{end ?? (run.artifacts.length > 0 && words.files(run.artifacts.length))}</div>
    </li>
  )
}
