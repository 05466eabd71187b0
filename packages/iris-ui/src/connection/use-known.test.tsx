// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { expect, onTestFinished, test } from 'vitest'
import { useKnown } from './use-known.ts'

test('a question that was refused stays refused, with its reason, while it is asked again, and until it is answered', async () => {
  const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  let asked = 0
  const seen: string[] = []
  function Page() {
    const queryFn = () => answers[asked++]?.promise ?? 'no more'
    const known = useKnown(useQuery({ queryKey: ['it'], queryFn, retry: false, networkMode: 'always' }))
    const { isPending, isMissing, error, data } = known
    const now = isPending ? 'pending' : isMissing ? `refused: ${error?.message}` : `answered: ${data}`
    if (seen.at(-1) !== now) seen.push(now)
    return known.fetchStatus
  }
  const client = new QueryClient()
  const place = document.createElement('div')
  const root = createRoot(place)
  onTestFinished(() => root.unmount())
  const shows = (fetchStatus: string) => expect.poll(() => place.textContent).toBe(fetchStatus)
  root.render(
    <QueryClientProvider client={client}>
      <Page />
    </QueryClientProvider>,
  )
  await shows('fetching')
  answers[0]?.reject(new Error('no role'))
  await shows('idle')
  void client.refetchQueries()
  await shows('fetching')
  answers[1]?.reject(new Error('no plan'))
  await shows('idle')
  void client.refetchQueries()
  await shows('fetching')
  answers[2]?.resolve('42 machines')
  await shows('idle')

  expect(seen).toEqual(['pending', 'refused: no role', 'refused: no plan', 'answered: 42 machines'])
})
