import { Component, type ReactNode } from 'react'
import { useFirstSurroundings } from '../surroundings.ts'
import { Button } from './button.tsx'
import { LoadFailed } from './load-failed.ts'
import { Notice } from './notice.tsx'

/** Replaces a part whose file did not load, so that the rest of the page stays as it is. Other errors are thrown on. */
export class LateBoundary extends Component<{ level: 1 | undefined; children?: ReactNode }, { error: unknown }> {
  override state = { error: undefined as unknown }
  static getDerivedStateFromError = (error: unknown) => ({ error })

  override render() {
    const { error } = this.state
    if (error instanceof LoadFailed) return <NotLoaded level={this.props.level} />
    if (error !== undefined) throw error
    return this.props.children
  }
}

/** The browser remembers that the file failed to load: only a reload requests it again. It returns to the same place. */
function NotLoaded({ level }: { level: 1 | undefined }) {
  const { texts } = useFirstSurroundings()
  const words = texts.shell
  return (
    <Notice tone="warn" icon="cloudOff" heading={words.notLoaded} {...(level && { level })}>
      <p>{words.notLoadedMeans}</p>
      <div className="btns">
        <Button onClick={() => location.reload()}>{words.reload}</Button>
      </div>
    </Notice>
  )
}
