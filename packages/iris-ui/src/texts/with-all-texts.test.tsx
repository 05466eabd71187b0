// @vitest-environment happy-dom
import { StrictMode, Suspense, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, onTestFinished, test, vi } from 'vitest'

test.each([
  ['before it is drawn', ['./en.ts', './late-words.ts']],
  ['while React waits for them', []],
])('a late part whose texts come %s is drawn without an error', async (_title, come) => {
  vi.resetModules() // Else another test's texts have come already.
  for (const file of come) await import(file)
  const { FirstSurroundingsContext, surroundingsOf, useSurroundings } = await import('../surroundings.ts')
  const { firstEnglish } = await import('./first-english.ts')
  const { WithAllTexts } = await import('./with-all-texts.tsx')
  const { QueryClient, QueryClientProvider } = await import('@tanstack/react-query')
  const { TRPCContext } = await import('../connection/api.ts')
  const { createOptions } = await import('../connection/options.ts')
  const calls = { ask: () => new Promise<never>(() => {}), follow: () => ({ unsubscribe() {} }) }
  const user = { id: 'ada', name: 'Ada', language: 'en-GB', timeZone: 'UTC', measurement: 'METRIC' }
  const host = { user, account: { id: 'a', name: 'Acme' } } as never
  const app = { name: 'Roster' } as never
  const Part = () => useSurroundings().texts.activity.heading

  const errors: unknown[] = []
  vi.spyOn(console, 'error').mockImplementation((error) => void errors.push(error))
  onTestFinished(() => void vi.restoreAllMocks())
  const place = document.createElement('div')
  const root = createRoot(place, { onRecoverableError: (error) => void errors.push((error as Error).cause ?? error) })
  onTestFinished(() => root.unmount())
  startTransition(() =>
    root.render(
      <StrictMode>
        <QueryClientProvider client={new QueryClient()}>
          <TRPCContext value={createOptions(calls)}>
            <FirstSurroundingsContext
              value={surroundingsOf({ host, app, texts: firstEnglish({ name: 'Roster' } as never) })}
            >
              <Suspense fallback="…">
                <WithAllTexts>
                  <Part />
                </WithAllTexts>
              </Suspense>
            </FirstSurroundingsContext>
          </TRPCContext>
        </QueryClientProvider>
      </StrictMode>,
    ),
  )
  await expect.poll(() => place.textContent).toBe('Activity')

  expect(errors).toEqual([])
})
