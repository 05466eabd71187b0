import { QueryClientProvider } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { createApi, TRPCProvider } from './connection/api.ts'
import type { StandinHost } from './host.ts'
import { OverviewPage } from './overview/overview-page.tsx'
import { SurroundingsContext, surroundingsOf } from './surroundings.ts'

export interface StandinAppProps {
  /** The page around the app. Its `user` and `account` decide what is shown. */
  host: StandinHost
  /** Where Standin's server is, without a path. */
  serverUrl: string
}

/** The whole app. Renders nothing of the host; `styles/app.css` has to be on the page. */
export function StandinApp({ host, serverUrl }: StandinAppProps) {
  // Another account or user shares nothing with the one before, not even for a moment.
  return <Connected key={`${host.account.id} ${host.user.id} ${serverUrl}`} host={host} serverUrl={serverUrl} />
}

function Connected({ host, serverUrl }: StandinAppProps) {
  const [{ queryClient, trpcClient }] = useState(() => createApi({ host, serverUrl }))
  const surroundings = useMemo(() => surroundingsOf(host), [host])
  const { texts } = surroundings

  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider queryClient={queryClient} trpcClient={trpcClient}>
        <SurroundingsContext value={surroundings}>
          <div className="standin" lang={texts.language}>
            <main>
              <OverviewPage />
            </main>
          </div>
        </SurroundingsContext>
      </TRPCProvider>
    </QueryClientProvider>
  )
}
