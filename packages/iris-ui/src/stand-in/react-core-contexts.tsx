/** Stands in for `@trackunit/react-core-contexts`: the providers, fed by the simulated Manager. */
import { type ReactNode, Suspense, use } from 'react'
import { HostContext, type HostState, useHostToken } from './host-context.ts'
import { managerConnection } from './manager-connection.ts'

export function TrackunitProviders({ children }: { children: ReactNode }) {
  return (
    <Suspense fallback={null}>
      <Provided>{children}</Provided>
    </Suspense>
  )
}

function Provided({ children }: { children: ReactNode }) {
  const { manager, context, firstToken } = use(managerConnection)
  const token = useHostToken(manager, firstToken)
  const host: HostState = { manager, context, token }

  return <HostContext value={host}>{children}</HostContext>
}
