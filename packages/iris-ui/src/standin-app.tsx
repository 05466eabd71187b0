import { QueryClientProvider } from '@tanstack/react-query'
import { Suspense, use, useLayoutEffect, useMemo, useState } from 'react'
import { createApi, TRPCContext } from './connection/api.ts'
import { AskAgainContext } from './connection/ask-again.ts'
import type { FirstAnswers } from './connection/first-answers.ts'
import type { StandinHost } from './host.ts'
import { FirstShape } from './parts/skeleton.tsx'
import { Shell } from './shell/shell.tsx'
import { type AppLook, wearAccent } from './styles/accent.ts'
import { FirstSurroundingsContext, surroundingsOf } from './surroundings.ts'
import type { FirstTexts } from './texts/first-english.ts'
import { textsFor } from './texts/texts-for.ts'

export interface StandinAppProps {
  /** The page around the app, with its user and account. */
  host: StandinHost
  /** The app's name and look. */
  app: AppLook
  /** The origin of Standin's server, without a path. */
  serverUrl: string
  /** The answers to what `askFirst` asked while this code was loading. */
  first?: FirstAnswers | undefined
}

/** The whole app. Renders nothing of the host; `styles/app.css` has to be on the page. */
export function StandinApp({ host, app, serverUrl, first }: StandinAppProps) {
  const texts = useMemo(() => textsFor(host.user.language, app), [host.user.language, app])
  useLayoutEffect(() => wearAccent(app.accent), [app.accent])
  return (
    <Suspense fallback={<FirstShape />}>
      {/* Another account or user starts with nothing from the previous one. */}
      <Connected
        key={`${host.account.id} ${host.user.id} ${serverUrl}`}
        host={host}
        app={app}
        serverUrl={serverUrl}
        first={first}
        texts={texts}
      />
    </Suspense>
  )
}

function Connected({
  host,
  app,
  serverUrl,
  first,
  texts: given,
}: StandinAppProps & { texts: FirstTexts | Promise<FirstTexts> }) {
  const texts = given instanceof Promise ? use(given) : given
  const [{ queryClient, trpc, askAgain, askedAtMs }] = useState(() => createApi({ host, serverUrl, first }))
  const surroundings = useMemo(() => surroundingsOf({ host, app, texts }), [host, app, texts])

  return (
    <QueryClientProvider client={queryClient}>
      <TRPCContext value={trpc}>
        <AskAgainContext value={askAgain}>
          <FirstSurroundingsContext value={surroundings}>
            <div className="standin" lang={texts.language}>
              <Shell askedAtMs={askedAtMs} />
            </div>
          </FirstSurroundingsContext>
        </AskAgainContext>
      </TRPCContext>
    </QueryClientProvider>
  )
}
