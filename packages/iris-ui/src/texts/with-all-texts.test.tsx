// @vitest-environment happy-dom
import { Suspense, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, onTestFinished, test, vi } from 'vitest'

test('a late part whose texts come while React waits for them is drawn without an error', async () => {
  vi.resetModules() // Else another test's texts have come already.
  await import('./en.ts') // So that the file comes before React gives up waiting.
  const { FirstSurroundingsContext, surroundingsOf, useSurroundings } = await import('../surroundings.ts')
  const { firstEnglish } = await import('./first-english.ts')
  const { WithAllTexts } = await import('./with-all-texts.tsx')
  const user = { id: 'ada', name: 'Ada', language: 'en-GB', timeZone: 'UTC', measurement: 'METRIC' }
  const host = { user, account: { id: 'a', name: 'Acme' } } as never
  const app = { name: 'Roster' } as never
  const Part = () => useSurroundings().texts.activity.heading

  const errors: unknown[] = []
  const place = document.createElement('div')
  const root = createRoot(place, { onRecoverableError: (error) => void errors.push((error as Error).cause ?? error) })
  onTestFinished(() => root.unmount())
  startTransition(() =>
    root.render(
      <FirstSurroundingsContext value={surroundingsOf({ host, app, texts: firstEnglish({ name: 'Roster' } as never) })}>
        <Suspense fallback="…">
          <WithAllTexts>
            <Part />
          </WithAllTexts>
        </Suspense>
      </FirstSurroundingsContext>,
    ),
  )
  await expect.poll(() => place.textContent).toBe('Activity')

  expect(errors).toEqual([])
})
