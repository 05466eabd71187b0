import { describe, expect, test } from 'vitest'
import { prepareCallbackStacks } from '../../test/callback-stack.ts'
import { serveTestConsole } from '../../test/console-stack.ts'
import { operate } from '../../test/operate.ts'
import { testSigned } from '../../test/signed-rows.ts'
import { type ConsoleSessionRow, consoleSessions, signedConsoleSessions } from '../access/console-session-table.ts'
import { makeConsoleCode, makeOutageCode } from '../access/console-sessions.ts'
import type { DatabaseTrouble } from '../database/database-watch.ts'

const createStack = prepareCallbackStacks()
const pages = ['/console', '/console/accounts', '/console/callbacks', '/console/services', '/console/nothing']

async function start(change: Parameters<typeof serveTestConsole>[1] = {}) {
  const stack = await createStack()
  const served = await serveTestConsole(stack, change)
  return {
    ...served,
    stack,
    open: served.open,
    use: async (code: string) => (await served.ask('/console/open', { form: { code } })).status,
    /** Changes the one session, as Standin would sign it. */
    async change(change: Partial<ConsoleSessionRow>) {
      const [row] = await stack.db.select().from(consoleSessions)
      if (!row) throw new Error('there is one')
      const next = { ...row, ...change }
      await stack.db.update(consoleSessions).set({ ...next, mac: testSigned.sign(signedConsoleSessions, next) })
    },
    [Symbol.asyncDispose]: served[Symbol.asyncDispose],
  }
}

const ago = (ms: number) => new Date(Date.now() - ms)

describe('a code', () => {
  test('opens one session, whose cookie no script and no other site reaches; the audit says so', async () => {
    await using served = await start()
    const code = (await makeConsoleCode(served.ctx, { mayChange: false })).reveal()
    const { status, headers } = await served.ask('/console/open', { form: { code } })

    expect({ status, location: headers.location }).toEqual({ status: 303, location: '/console' })
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^standin_console=\S+; Path=\/console; HttpOnly; SameSite=Strict; Max-Age=3600$/),
    ])
    expect(await served.use(code)).toBe(403)
    expect(await served.stack.audit()).toEqual(['console.opened'])
    expect(await served.stack.dump()).not.toContain(code)
  })

  test('opens one of two sessions when it is used twice at once', async () => {
    await using served = await start()
    const code = (await makeConsoleCode(served.ctx, { mayChange: true })).reveal()
    const answers = await Promise.all([served.use(code), served.use(code), served.use(code)])
    expect(answers.sort()).toEqual([303, 403, 403])
  })

  test('opens nothing after a minute, if it is another one, or if someone else wrote its row', async () => {
    await using served = await start()
    const code = (await makeConsoleCode(served.ctx, { mayChange: false })).reveal()
    expect([await served.use('x'.repeat(43)), await served.use('')]).toEqual([403, 403])

    await served.change({ codeEndsAt: ago(1) })
    expect(await served.use(code)).toBe(403)
    await served.change({ codeEndsAt: new Date(Date.now() + 60_000) })
    await served.stack.db.update(consoleSessions).set({ mayChange: true })
    expect(await served.use(code)).toBe(403)
    expect(await served.ctx.metrics.text()).toContain('standin_forged_rows_total{table="console session"} 1')
  })

  test('is let in after any number of guesses, which reach no database', async () => {
    await using served = await start()
    const code = (await makeConsoleCode(served.ctx, { mayChange: false })).reveal()
    const [id = '', ends = '', mac = ''] = code.split('.')
    const guesses = [
      'wrong',
      [id, ends, mac.toUpperCase()].join('.'),
      [id, Number(ends) + 1, mac].join('.'),
      [id.replace(/^./, (digit) => (digit === 'a' ? 'b' : 'a')), ends, mac].join('.'),
      makeOutageCode(served.ctx).reveal(),
    ]
    const db = new Proxy(served.ctx.db, {
      get() {
        throw new Error('a guess reached the database')
      },
    })
    await using guessed = await serveTestConsole({ ctx: { ...served.stack.ctx, db } })
    for (let no = 0; no < 200; no++) {
      const form = { code: guesses[no % 4] ?? '' }
      expect((await guessed.ask('/console/open', { form })).status).toBe(403)
    }
    for (const guess of guesses) expect(await served.use(guess)).toBe(403)
    expect(await served.use(code)).toBe(303)
  })

  test('of long ago reaches no database either', async () => {
    await using served = await start()
    const code = (await makeConsoleCode(served.ctx, { mayChange: false })).reveal()
    const later = { ...served.ctx.clock, now: () => new Date(Date.now() + 60_000 + 120_001) }
    await using afterwards = await serveTestConsole(served.stack, { clock: later })
    expect((await afterwards.ask('/console/open', { form: { code } })).status).toBe(403)
    expect(await served.use(code)).toBe(303)
  })

  test('that was not used is deleted with the sessions that are over, when the next one is made', async () => {
    await using served = await start()
    await makeConsoleCode(served.ctx, { mayChange: false })
    await served.change({ codeEndsAt: ago(3 * 3_600_000) })
    await makeConsoleCode(served.ctx, { mayChange: false })
    expect(await served.stack.db.$count(consoleSessions)).toBe(1)
  })
})

describe('without a session', () => {
  test('only the page that opens one is shown', async () => {
    await using served = await start()
    for (const path of pages) expect((await served.ask(path)).status).toBe(401)
    for (const path of ['/console/close', '/console/change'])
      expect((await served.ask(path, { form: {} })).status).toBe(401)
    for (const path of ['/console/open', '/console/console.css', '/console/console.js'])
      expect((await served.ask(path)).status).toBe(200)
  })

  test('a cookie that was changed, ended or taken back opens nothing', async () => {
    await using served = await start()
    const cookie = await served.open()
    const seen = async (given = cookie) => (await served.ask('/console', { cookie: given })).status
    expect(await seen()).toBe(200)
    const [name, id = '', end = '', ...mac] = cookie.split(/[=.]/)
    expect(await seen(`${name}=${[id, Number(end) + 1, ...mac].join('.')}`)).toBe(401)
    expect(
      await seen(`${name}=${[id.replace(/^./, (digit) => (digit === 'a' ? 'b' : 'a')), end, ...mac].join('.')}`),
    ).toBe(401)
    expect(await seen(`${name}=x`)).toBe(401)

    await served.change({ openedAt: ago(3_600_001) })
    expect(await seen()).toBe(401)
    await served.change({ openedAt: ago(0) })
    expect(await seen()).toBe(200)
    await served.stack.db.update(consoleSessions).set({ mayChange: true }) // Not signed.
    expect(await seen()).toBe(401)
    await served.stack.db.delete(consoleSessions)
    expect(await seen()).toBe(401)
  })

  test('signing out ends it on every replica', async () => {
    await using served = await start()
    await using other = await serveTestConsole(served.stack)
    const cookie = await served.open()
    expect((await other.ask('/console', { cookie })).status).toBe(200)
    const { status, headers } = await served.ask('/console/close', { cookie, form: {} })

    expect({ status, cookie: headers['set-cookie'] }).toEqual({
      status: 303,
      cookie: [expect.stringContaining('Max-Age=0')],
    })
    expect((await other.ask('/console', { cookie })).status).toBe(401)
    expect(await served.stack.audit()).toEqual(['console.opened', 'console.closed'])
  })

  test('a command lists what is open and until when, and ends one or all, used or not, at once', async () => {
    await using served = await start()
    await using other = await serveTestConsole(served.stack)
    const cookies = [await served.open(), await served.open({ mayChange: true })]
    const code = (await makeConsoleCode(served.ctx, { mayChange: true })).reveal()
    const standin = (...argv: string[]) => operate(served.stack, ['console', ...argv])
    const listed = JSON.parse((await standin('sessions', '--json')).out)
    const [first = '', second = ''] = cookies.map((cookie) => cookie.split(/[=.]/)[1])
    expect(listed).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: first, mayChange: false, openedAt: expect.any(String) }),
        expect.objectContaining({ id: second, mayChange: true }),
        expect.objectContaining({ id: code.split('.')[0], openedAt: null }),
      ]),
    )
    const open = listed.find(({ id }: { id: string }) => id === first)
    expect(Date.parse(open.endsAt) - Date.parse(open.openedAt)).toBe(3_600_000)
    expect((await standin('sessions')).out).toMatch(/^SESSION +STATE +MAY +OPENED +UNTIL\n/)

    const { body } = await other.ask('/console', { cookie: cookies[0] })
    expect(body).toContain(`<b>Read only</b> until <time datetime="${open.endsAt}">`)
    const seen = () => Promise.all(cookies.map(async (cookie) => (await other.ask('/console', { cookie })).status))
    expect(await standin('end')).toMatchObject({ exitCode: 2 })
    expect(await standin('end', first)).toMatchObject({ exitCode: 0, said: 'One session has ended.\n' })
    expect(await seen()).toEqual([401, 200])
    expect(await standin('end', first)).toMatchObject({ exitCode: 1 })
    expect(await standin('end', '--all')).toMatchObject({ exitCode: 0, said: '2 sessions have ended.\n' })
    expect(await seen()).toEqual([401, 401])
    expect(await served.use(code)).toBe(403)
    expect(await standin('sessions')).toMatchObject({ exitCode: 0, said: 'No session is open.\n' })
    const [row] = await served.stack.connection.sql`select actor_kind, actor_id, details from audit_entries
      where event = 'console.closed' order by id limit 1`
    expect(row).toMatchObject({ actor_kind: 'operator', actor_id: 'command line', details: { session: first } })
  })
})

const downFor = (served: Awaited<ReturnType<typeof start>>) => ({
  ...served.ctx.watch,
  isDown: () => true,
  suspect: async () => true,
  trouble: (): DatabaseTrouble => 'down',
  downForMs: () => 90_000,
})

describe('while the database is down', () => {
  test('the command makes a link that opens Now once; the session ends when the database is back', async () => {
    await using up = await start()
    await using down = await serveTestConsole(up.stack, { watch: downFor(up) })
    const unreachable = { url: 'postgres://standin@127.0.0.1:1/standin', ringText: up.stack.ringText }
    const { out, said, exitCode } = await operate(unreachable, ['console', '--no-open', '--url', `http://${down.host}`])
    expect({ exitCode, said }).toMatchObject({
      exitCode: 0,
      said: expect.stringContaining('cannot be used (ECONNREFUSED)'),
    })
    const code = out.trim().split('#')[1] ?? ''

    const opened = await down.ask('/console/open', { form: { code } })
    expect(opened.status).toBe(303)
    const cookie = opened.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    expect((await down.ask('/console', { cookie })).body).toContain('Bring PostgreSQL back at once.')
    const change = { change: 'pause', on: `x 1`, confirmed: 'yes' }
    expect((await down.ask('/console/change', { cookie, form: change })).status).toBe(403)
    expect((await down.ask('/console/open', { form: { code } })).status).toBe(403)
    expect((await up.ask('/console', { cookie })).status).toBe(401)
  })

  test('such a code opens nothing while the database answers, after a minute, or if someone else made it', async () => {
    await using up = await start()
    const make = (ctx = up.ctx) => makeOutageCode(ctx).reveal()
    expect(await up.use(make())).toBe(403)
    await using down = await serveTestConsole(up.stack, { watch: downFor(up) })
    const use = async (code: string) => (await down.ask('/console/open', { form: { code } })).status
    const earlier = {
      ...up.ctx,
      clock: { ...up.ctx.clock, now: () => new Date(up.ctx.clock.now().getTime() - 61_000) },
    }
    expect(await use(make(earlier))).toBe(403)
    expect(await use(make().replace(/^./, (digit) => (digit === 'a' ? 'b' : 'a')))).toBe(403)
    // A cookie is no code.
    expect(await use((await up.open()).split('=')[1] ?? '')).toBe(403)
    expect(await use(make())).toBe(303)
  })

  test('such a code opens one of several sessions when it is used several times at once', async () => {
    await using up = await start()
    let asked = 0
    const all = Promise.withResolvers<void>()
    const suspect = async () => {
      if (++asked === 3) all.resolve() // Each use has seen that the code is new.
      await all.promise
      return true
    }
    await using down = await serveTestConsole(up.stack, { watch: { ...downFor(up), suspect } })
    const code = makeOutageCode(up.ctx).reveal()
    const use = async () => (await down.ask('/console/open', { form: { code } })).status
    expect((await Promise.all([use(), use(), use()])).sort()).toEqual([303, 403, 403])
  })

  test('a page that is read from it says so, and where to look', async () => {
    await using up = await start()
    const cookie = await up.open()
    await using down = await serveTestConsole(up.stack, { watch: downFor(up) })
    for (const path of pages.slice(1)) {
      const { status, body } = await down.ask(path, { cookie })
      expect({ status, body }).toMatchObject({ status: 503, body: expect.stringContaining('href="/console">Show Now') })
      expect(body).toContain('data-refresh') // So it comes back by itself.
    }
  })
})

test('while the database is down, a session still sees what is wrong, until it ends', async () => {
  await using up = await start()
  const cookie = await up.open({ mayChange: true })
  const watch = downFor(up)
  await using down = await serveTestConsole(up.stack, { watch })

  const { status, body } = await down.ask('/console', { cookie })
  expect(status).toBe(200)
  expect(body).toContain('The database does not answer, for 90 s')
  expect(body).toContain('Bring PostgreSQL back at once.')
  expect(body).toContain('Read only')
  const later = { ...up.ctx.clock, now: () => new Date(Date.now() + 3_601_000) }
  await using afterwards = await serveTestConsole(up.stack, { watch, clock: later })
  expect((await afterwards.ask('/console', { cookie })).status).toBe(401)
})

test('a name that someone else pointed here is refused, and so is a form of another site', async () => {
  await using served = await start()
  const cookie = await served.open()
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example'])
    expect((await served.ask('/console', { cookie, headers: { host } })).status).toBe(421)
  for (const origin of ['http://evil.example', 'null', undefined, `${served.host}`])
    expect((await served.ask('/console/close', { cookie, form: {}, headers: { origin } })).status).toBe(403)
  expect((await served.ask('/console', { cookie })).status).toBe(200)
})

test('every answer has the content policy, and no page has an inline script or style', async () => {
  await using served = await start()
  const cookie = await served.open()
  for (const path of [...pages, '/console/open', '/console/console.js', '/console/console.css']) {
    const { headers, body } = await served.ask(path, { cookie })
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    expect(body).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/)
  }
})
