import { StandinApp } from '@standin/iris-ui'
import type { FirstAnswers } from '@standin/iris-ui/first-answers'
import { TrackunitProviders } from '@trackunit/react-core-contexts'
import { environment } from './environment.ts'
import { OutsideManager } from './outside-manager.tsx'
import { useHost } from './use-host.ts'

export function App({ first }: { first?: FirstAnswers | undefined }) {
  return (
    <OutsideManager>
      <TrackunitProviders>
        <InHost first={first} />
      </TrackunitProviders>
    </OutsideManager>
  )
}

function InHost({ first }: { first: FirstAnswers | undefined }) {
  return <StandinApp host={useHost()} app={environment.app} serverUrl={environment.serverUrl} first={first} />
}
