import { type Artifact, csvSeparator, type Run } from '@standin/client'
import { DownloadOffer } from '../files/download.tsx'
import { fileFormat } from '../files/file-format.ts'
import { useDownload } from '../files/use-download.ts'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'

const DAY_MS = 24 * 3_600_000

/** The files that a run left, each with its download. */
export function FileList({ run }: { run: Run }) {
  const { texts, formats } = useSurroundings()
  const words = texts.run
  const download = useDownload()
  const nowMs = useNow(60_000)
  // The server deletes files completely, after a day at the earliest: whether there were any is then unknown.
  const isOld = run.endedAt !== null && nowMs - Date.parse(run.endedAt) > DAY_MS
  const factsOf = (artifact: Artifact) =>
    [
      [fileFormat(artifact), formats.bytes(artifact.bytes)].filter(Boolean).join(', '),
      // Made with what the reader's spreadsheet expects.
      ...(fileFormat(artifact) === 'CSV' && csvSeparator(run.language) === ',' ? [words.commas] : []),
      ...(artifact.keptUntil ? [words.kept(formats.shortMoment(artifact.keptUntil, nowMs))] : []),
    ].join(' · ')

  if (run.artifacts.length === 0) return <p className="sub">{isOld ? words.filesGone : words.filesNone}</p>
  return (
    <ul className="rows files">
      {run.artifacts.map((artifact) => (
        <li key={artifact.id}>
          <Icon name="file" tone="wait" />
          <div>
            <p className="t">
              <bdi>{artifact.name}</bdi>
            </p>
            <p className="d">{factsOf(artifact)}</p>
          </div>
          <div className="e">
            <Button
              className="icon"
              look="quiet"
              icon="download"
              busy={download.busy && download.artifact?.id === artifact.id}
              aria-label={texts.files.downloadNamed(fileFormat(artifact), artifact.name, formats.bytes(artifact.bytes))}
              onClick={() => download.start(artifact)}
            />
          </div>
          {download.artifact?.id === artifact.id && <DownloadOffer artifact={artifact} download={download} />}
        </li>
      ))}
    </ul>
  )
}
