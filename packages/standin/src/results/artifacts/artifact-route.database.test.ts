import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { account, createRunStack, type RunStack } from '../../../test/run-stack.ts'
import { createTestDatabase } from '../../../test/test-database.ts'
import { defineAction } from '../../actions/define-action.ts'
import { createHttpServer } from '../../http/http-server.ts'
import { makeArtifactLink } from './artifact-link.ts'
import { registerArtifactRoute } from './artifact-route.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const content = `=1+1;<script>\r\n${'ä'.repeat(300_000)}`
const report = defineAction({
  id: 'report',
  title: 'Report',
  description: 'A report.',
  input: z.object({}),
  scopes: [],
  changesData: false,
  async run({ artifact, checkpoint }) {
    const file = await artifact({ name: 'Größe 🚜 "2026"\r\n\u202Elmth.exe/.html', mediaType: 'text/html' })
    await file.write(content)
    await checkpoint(1)
  },
})

async function serve({ ctx }: RunStack) {
  const server = await createHttpServer(ctx)
  registerArtifactRoute(server, ctx)
  return {
    link: async (artifactId: string, reader = 'anna') => ({
      url: new URL(
        (await makeArtifactLink(ctx, { id: artifactId, accountId: account, reader })).url,
        'http://localhost',
      ).pathname,
    }),
    get: (url: string) => server.inject(url),
    listen: () => server.listen({ port: 0, host: '127.0.0.1' }),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

async function finishedArtifact(stack: RunStack): Promise<string> {
  const { id } = await stack.start()
  await stack.createWorker().workOn(id)
  const [row] = await stack.sql`select id from artifacts`
  return row?.id
}

test('a file is sent as it was written, to be saved and never rendered', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await using served = await serve(stack)
  const { url } = await served.link(await finishedArtifact(stack))

  const { statusCode, headers, body } = await served.get(url)

  expect(statusCode).toBe(200)
  expect(body === content).toBe(true)
  expect(headers).toMatchObject({
    'content-length': String(Buffer.byteLength(content)),
    'content-disposition': expect.stringMatching(
      /; filename\*=UTF-8''Gr%C3%B6%C3%9Fe%20%F0%9F%9A%9C%20%222026%22___lmth\.exe_-\d{4}-\d\d-\d\d\.html$/,
    ),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining('sandbox'),
  })
})

test('a file that is erased while it is sent is cut off: the client does not wait, and does not consider it complete', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await using served = await serve(stack)
  const { url } = await served.link(await finishedArtifact(stack))
  await stack.sql`update artifacts set chunks = chunks + 1, bytes = bytes + 1` // As if it had one more chunk.

  const answer = await fetch(`${await served.listen()}${url}`, { signal: AbortSignal.timeout(3_000) })
  await expect(answer.text()).rejects.toThrow('terminated')
})

test('invariant 25: of the files of one account only so many are sent at once', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await using served = await serve(stack)
  const { url } = await served.link(await finishedArtifact(stack))
  const { budgets } = stack.ctx.access
  const others = Array.from({ length: 19 }, (_, nth) => budgets.openDownload(account, `colleague ${nth}`))
  const last = budgets.openDownload(account, 'last')

  const refused = await served.get(url)
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '10'])
  last()
  for (let again = 0; again < 2; again++) {
    await expect.poll(async () => (await served.get(url)).statusCode).toBe(200) // Each gives its place back.
  }
  for (const end of others) end()
  await expect.poll(budgets.size).toBe(0)
})

test('invariant 25: a reader of many files at once keeps no colleague waiting', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await using served = await serve(stack)
  const artifactId = await finishedArtifact(stack)
  const { budgets } = stack.ctx.access
  const open: Array<() => void> = []
  const openAll = () => {
    for (let nth = 0; nth < 20; nth++) open.push(budgets.openDownload(account, 'greedy'))
  }
  expect(openAll).toThrow('RATE_LIMITED')

  const { url: greedy } = await served.link(artifactId, 'greedy')
  expect((await served.get(greedy)).statusCode).toBe(429)
  const { url } = await served.link(artifactId, 'colleague')
  expect((await served.get(url)).statusCode).toBe(200)
  for (const end of open) end()
})

describe('is refused', () => {
  test('with an expired link', async () => {
    await using stack = await createRunStack({ database, actions: [report] })
    await using served = await serve(stack)
    const { url } = await served.link(await finishedArtifact(stack))
    stack.clock.advance(61_000)

    expect((await served.get(url)).json()).toMatchObject({ status: 410, reason: 'LINK_EXPIRED' })
  })

  test.for<{ title: string; before: (stack: RunStack) => Promise<unknown> }>([
    { title: 'after an uninstall, also with a valid link', before: (stack) => stack.uninstall() },
    { title: 'before its run has ended', before: ({ sql }) => sql`update artifacts set complete = false` },
  ])('$title', async ({ before }) => {
    await using stack = await createRunStack({ database, actions: [report] })
    await using served = await serve(stack)
    const { url } = await served.link(await finishedArtifact(stack))
    await before(stack)

    expect((await served.get(url)).json()).toMatchObject({ status: 404, reason: 'ARTIFACT_NOT_FOUND' })
  })

  test('when the file does not exist, and when the link is nonsense', async () => {
    await using stack = await createRunStack({ database, actions: [report] })
    await using served = await serve(stack)
    const { url } = await served.link(randomUUID())

    expect((await served.get(url)).json()).toMatchObject({ reason: 'ARTIFACT_NOT_FOUND' })
    expect((await served.get('/artifacts/nonsense')).json()).toMatchObject({ reason: 'LINK_EXPIRED' })
  })
})
