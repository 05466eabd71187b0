import { TrackunitProviders } from '@trackunit/react-core-contexts'
import type { FirstAnswers } from '../connection/first-answers.ts'
import { StandinApp } from '../standin-app.tsx'
import type { AppLook } from '../styles/accent.ts'
import { environment } from './environment.ts'
import { OutsideManager } from './outside-manager.tsx'
import { useTrackunitHost } from './use-trackunit-host.ts'

interface ExtensionProps {
  /** What `@standin/iris-ui/local` asked before this code was loaded. */
  first?: FirstAnswers | undefined
}

/**
 * The app as Trackunit's Manager shows it: the default export of a fleet extension.
 * @param app what `standin.config.ts` exports
 */
export function createExtension(app: AppLook) {
  function InHost({ first }: ExtensionProps) {
    return <StandinApp host={useTrackunitHost()} app={app} serverUrl={environment.serverUrl} first={first} />
  }
  return function Extension({ first }: ExtensionProps) {
    return (
      <OutsideManager name={app.name}>
        <TrackunitProviders>
          <InHost first={first} />
        </TrackunitProviders>
      </OutsideManager>
    )
  }
}
