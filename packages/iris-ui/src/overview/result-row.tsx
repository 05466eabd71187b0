import { Icon } from '../parts/icon.tsx'
import type { EndedRun } from '../runs/follow-run.ts'
import { reasonWords, resultWords, startedByWords } from '../runs/run-words.ts'
import { useSurroundings } from '../surroundings.ts'
import { DownloadButton, DownloadOffer } from './download.tsx'
import { fileFormat } from './file-format.ts'
import { useDownload } from './use-download.ts'

const looks = {
  succeeded: { icon: 'check', tone: 'ok' },
  failed: { icon: 'bad', tone: 'bad' },
  cancelled: { icon: 'off', tone: 'wait' },
} as const

interface ResultRowProps {
  run: EndedRun
  title: string
  nowMs: number
}

/** The result as a sentence, when and by whom, and its files. */
export function ResultRow({ run, title, nowMs }: ResultRowProps) {
  const { host, texts, formats } = useSurroundings()
  const download = useDownload()
  const words = texts.results
  const shown = { title, userId: host.user.id, texts, formats }
  const { icon, tone } = looks[run.state]
  const states = { succeeded: words.succeededState, failed: words.failedState, cancelled: words.cancelledState }
  const endedAt = run.endedAt ?? run.createdAt
  const reason = reasonWords(run, shown)

  return (
    <li>
      <Icon name={icon} tone={tone} label={states[run.state]} />
      <div>
        <p className="t">{resultWords(run, shown)}</p>
        <p className="d">
          {reason && `${reason} `}
          {title}, <time dateTime={endedAt}>{words.when(formats.moment(endedAt, nowMs))}</time>,{' '}
          {startedByWords(run, shown)}
        </p>
      </div>
      <div className="e files">
        {run.artifacts.map((artifact) => (
          <DownloadButton
            key={artifact.id}
            format={fileFormat(artifact)}
            artifact={artifact}
            busy={download.busy && download.artifact?.id === artifact.id}
            onPress={() => download.start(artifact)}
          />
        ))}
        {run.artifacts.length === 0 && run.state === 'succeeded' && words.noFiles}
      </div>
      {download.artifact && <DownloadOffer artifact={download.artifact} download={download} />}
    </li>
  )
}
