import { Link } from 'wouter'
import { Notice } from '../parts/notice.tsx'
import { useFirstSurroundings } from '../surroundings.ts'
import { addresses } from './addresses.ts'
import { usePageTitle } from './announcer.ts'

/** Shown for an unknown address, or for something that is gone. */
export function NothingHere({ heading, means }: { heading?: string; means?: string }) {
  const { shell } = useFirstSurroundings().texts
  usePageTitle(heading ?? shell.noPage)
  return (
    <Notice tone="wait" icon="minus" heading={heading ?? shell.noPage} level={1}>
      <p>{means ?? shell.noPageMeans}</p>
      <div className="btns">
        <Link href={addresses.overview} className="btn">
          {shell.toOverview}
        </Link>
      </div>
    </Notice>
  )
}
