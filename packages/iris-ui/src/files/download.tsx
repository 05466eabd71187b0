import type { Artifact } from '@standin/client'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { Notice } from '../parts/notice.tsx'
import { useSurroundings } from '../surroundings.ts'
import type { Download } from './use-download.ts'

/**
 * Below a requested file: says that it was downloaded. If Manager's frame blocks files, its link is shown instead. The app cannot
 * know that unless Manager says so, so a button shows the link, too.
 */
export function DownloadOffer({ artifact, download }: { artifact: Artifact; download: Download }) {
  const { texts } = useSurroundings()
  const words = texts.files

  if (download.failure) {
    const gone = download.failure === 'ARTIFACT_NOT_FOUND'
    return (
      <div className="under" role="alert">
        <Notice tone="warn" icon="warn" heading={gone ? words.gone : words.failed} slim>
          <p>{gone ? words.runAgain : words.tryAgain}</p>
        </Notice>
      </div>
    )
  }
  if (download.given) {
    return (
      <p className="under small given" role="status">
        <span>{words.given(artifact.name)}</span>{' '}
        <button type="button" className="in-text" onClick={download.renew}>
          {words.noFile}
        </button>
      </p>
    )
  }
  if (!download.link) return null

  return (
    <div className="under" role="status">
      <Notice tone="warn" icon="download" heading={words.heldBack} slim>
        <p>{words.heldBackMeans}</p>
        <CopyText
          label={words.link}
          value={download.link.url}
          button={words.copyLink}
          copied={words.copied}
          field="shown"
        />
        <LinkLife endsAtMs={download.link.endsAtMs} download={download} />
      </Notice>
    </div>
  )
}

function LinkLife({ endsAtMs, download }: { endsAtMs: number; download: Download }) {
  const { texts, formats } = useSurroundings()
  const words = texts.files
  const secondsLeft = Math.ceil((endsAtMs - useNow(1_000)) / 1_000)
  return (
    <div className="life">
      <p className="small num" aria-live="off">
        {secondsLeft > 0 ? words.works(formats.number(secondsLeft)) : words.over}
      </p>
      <div className="btns">
        {secondsLeft <= 0 && (
          <Button busy={download.busy} onClick={download.renew}>
            {words.newLink}
          </Button>
        )}
        <Button look="quiet" onClick={download.close}>
          {words.close}
        </Button>
      </div>
    </div>
  )
}
