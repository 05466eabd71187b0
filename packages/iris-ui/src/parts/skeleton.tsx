import { useFirstSurroundings } from '../surroundings.ts'
import { useSkeleton } from './use-skeleton.ts'

const widths = [
  ['62%', '38%'],
  ['48%', '52%'],
  ['70%', '30%'],
] as const

/** The page before its texts and its account are loaded. */
export function FirstShape() {
  return (
    <div className="first-shape" aria-hidden="true">
      <div className="bar">
        <div className="bar-in" />
      </div>
      <main>
        <SentenceShape />
      </main>
    </div>
  )
}

/** The page in its later shape: a sentence and three rows. */
export function PageSkeleton() {
  const { texts } = useFirstSurroundings()
  return (
    <div aria-busy="true">
      <div className="vh" role="status">
        <h1>{texts.connection.loading}</h1>
      </div>
      <SentenceShape />
      <SkeletonRows />
    </div>
  )
}

function SentenceShape() {
  return (
    <div className="say" aria-hidden="true">
      <span className="sk round" />
      <div>
        <span className="sk headline" />
        <span className="sk lead" />
      </div>
    </div>
  )
}

/** For a page whose JavaScript or data is loading: nothing for a moment, then its shape. */
export function DelayedSkeleton() {
  return useSkeleton(true) === 'skeleton' ? <PageSkeleton /> : null
}

export function SkeletonRows() {
  return (
    <ul className="rows" aria-hidden="true">
      {widths.map(([first, second]) => (
        <li key={first}>
          <span className="sk round" />
          <div>
            <span className="sk" style={{ width: first }} />
            <span className="sk second" style={{ width: second }} />
          </div>
          <span className="sk end" />
        </li>
      ))}
    </ul>
  )
}
