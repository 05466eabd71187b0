import type { Run } from '@standin/client'
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
  // The server deletes them without a trace, after a day at the earliest.
  const isOld = run.endedAt !== null && nowMs - Date.parse(run.endedAt) > DAY_MS
  const keptUntil = run.artifacts[0]?.keptUntil

  return (
    <section className="sec" aria-labelledby="h-files">
      <h2 id="h-files">{words.files}</h2>
      {run.artifacts.length === 0 && <p className="sub">{isOld ? words.filesGone : words.filesNone}</p>}
      {run.artifacts.length > 0 && (
        <>
          <ul className="rows files">
            {run.artifacts.map((artifact) => {
              const format = fileFormat(artifact)
              const size = formats.bytes(artifact.bytes)
              return (
                <li key={artifact.id}>
                  <Icon name="file" tone="wait" />
                  <div>
                    <p className="t">{artifact.name}</p>
                    <p className="d">{[format, size].filter(Boolean).join(', ')}</p>
                  </div>
                  <div className="e">
                    <Button
                      className="icon"
                      look="quiet"
                      icon="download"
                      busy={download.busy && download.artifact?.id === artifact.id}
                      aria-label={texts.files.downloadNamed(format, artifact.name, size)}
                      onClick={() => download.start(artifact)}
                    />
                  </div>
                  {download.artifact?.id === artifact.id && <DownloadOffer artifact={artifact} download={download} />}
                </li>
              )
            })}
          </ul>
          {keptUntil && <p className="small muted foot">{words.kept(formats.date(keptUntil))}</p>}
        </>
      )}
    </section>
  )
}
