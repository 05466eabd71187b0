import { StandinApp } from '@standin/iris-ui'
import { TrackunitProviders } from '@trackunit/react-core-contexts'
import { environment } from './environment.ts'
import { OutsideManager } from './outside-manager.tsx'
import { useHost } from './use-host.ts'

export function App() {
  return (
    <OutsideManager>
      <TrackunitProviders>
        <InHost />
      </TrackunitProviders>
    </OutsideManager>
  )
}

function InHost() {
  return <StandinApp host={useHost()} serverUrl={environment.serverUrl} />
}
