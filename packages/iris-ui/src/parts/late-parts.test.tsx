// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { TRPCContext } from '../connection/api.ts'
import { createOptions } from '../connection/options.ts'
import { FirstSurroundingsContext, surroundingsOf } from '../surroundings.ts'
import { firstEnglish } from '../texts/first-english.ts'
import { lateFile } from './late-file.ts'
import { lateParts } from './late-parts.tsx'

// Before React is imported: its own waits never end.
vi.hoisted(() => vi.useFakeTimers({ toFake: ['setTimeout'] }))

test('a page is drawn as soon as its file has come, without the 300 ms that React waits after a fallback', async () => {
  const file = Promise.withResolvers<{ Page: () => string }>()
  const { part } = lateParts(
    lateFile(() => file.promise),
    { level: 1 },
  )
  const Page = part('Page')
  const calls = { ask: () => new Promise<never>(() => {}), follow: () => ({ unsubscribe() {} }) }
  const user = { id: 'ada', name: 'Ada', language: 'en-GB', timeZone: 'UTC', measurement: 'METRIC' }
  const host = { user, account: { id: 'a', name: 'Acme' } } as never
  const app = { name: 'Roster' } as never
  const place = document.createElement('div')
  const root = createRoot(place)
  onTestFinished(() => root.unmount())
  root.render(
    <QueryClientProvider client={new QueryClient()}>
      <TRPCContext value={createOptions(calls)}>
        <FirstSurroundingsContext
          value={surroundingsOf({ host, app, texts: firstEnglish({ name: 'Roster' } as never) })}
        >
          <i />
          <Suspense fallback="…">
            <Page />
          </Suspense>
        </FirstSurroundingsContext>
      </TRPCContext>
    </QueryClientProvider>,
  )
  await expect.poll(() => place.querySelector('i')).not.toBeNull()

  file.resolve({ Page: () => 'Here.' })

  await expect.poll(() => place.textContent).toBe('Here.')
})
