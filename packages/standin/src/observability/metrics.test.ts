import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createGate } from '../../test/gate.ts'
import { StandinError } from '../standin-error.ts'
import { createLogger } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { serveMetrics } from './metrics-server.ts'

const counts = async () => ({
  openRuns: { queued: 2, running: 0 },
  heldCallbacks: 3,
  signInDownForS: 12,
  oldestDueProofS: 40,
  oldestDueDeliveryS: 50,
  oldestRunWithoutProgressS: 60,
  accounts: { active: 7 },
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

test('counts answers and reasons, and asks the database for the rest', async () => {
  const metrics = createMetrics()
  metrics.readAtScrape({ counts })
  metrics.countCallback('accepted')
  metrics.countCallback('accepted')
  metrics.countCallback({ error: new StandinError('IDENTITY_INVALID') })

  const text = await metrics.text()
  expect(text).toContain('standin_callbacks_total{answer="accepted"} 2')
  expect(text).toContain('standin_callbacks_total{answer="IDENTITY_INVALID"} 1')
  expect(text).toContain('standin_runs_open{state="queued"} 2')
  expect(text).toContain('standin_callbacks_held 3')
  expect(text).toContain('standin_sign_in_down_seconds 12')
  expect(text).toContain('standin_oldest_due_proof_seconds 40')
  expect(text).toContain('standin_oldest_due_delivery_seconds 50')
})

test('each metric is named as `promtool check metrics` wants it', async () => {
  const text = await createMetrics().text()
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({ name, type }))
  expect(types.length).toBeGreaterThan(40)
  for (const { name, type } of types) {
    expect({ name, isTotal: name.endsWith('_total') }).toEqual({ name, isTotal: type === 'counter' })
    expect(name).not.toMatch(/_(gauge|counter|histogram|count|sum|bucket|milliseconds|minutes|kilobytes)$/)
    expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'))
  }
})

test('counts refusals and ended runs, times exchanges and looks at the spool', async () => {
  const metrics = createMetrics()
  metrics.countRefusal({ route: '/v1/token', reason: 'ACCOUNT_FORBIDDEN' })
  metrics.countEndedRun({ actionId: 'fleet-snapshot', state: 'succeeded' })
  metrics.readAtScrape({ spoolBytes: async () => 512 })
  metrics.timeExchange()()
  metrics.timeExchange()()

  const text = await metrics.text()
  expect(text).toContain('standin_refusals_total{route="/v1/token",reason="ACCOUNT_FORBIDDEN"} 1')
  expect(text).toContain('standin_runs_ended_total{action="fleet-snapshot",state="succeeded"} 1')
  expect(text).toContain('standin_exchange_seconds_count 2')
  expect(text).toContain('standin_spool_bytes 512')
})

test('shows whether the database is up, clocks agree, keys are there and loops work', async () => {
  const metrics = createMetrics()
  const database = { isDown: false, offByMs: undefined as number | undefined }
  metrics.readAtScrape({ watch: { isDown: () => database.isDown, clockOffByMs: () => database.offByMs } })
  const well = await metrics.text()
  expect(well).toContain('standin_database_up 1')
  expect(well).toContain('standin_clock_ahead_seconds 0')
  expect(well).toContain('standin_keys_missing 0')

  database.isDown = true
  database.offByMs = -90_000
  metrics.countMissingKeys(2)
  metrics.countFailedLoop('deliver')
  const ill = await metrics.text()
  expect(ill).toContain('standin_database_up 0')
  expect(ill).toContain('standin_clock_ahead_seconds -90')
  expect(ill).toContain('standin_keys_missing 2')
  expect(ill).toContain('standin_loop_failures_total{loop="deliver"} 1')
})

test('a database that is down is not asked: a scrape would wait for it, and the server would look dead', async () => {
  const metrics = createMetrics()
  metrics.readAtScrape({
    watch: { isDown: () => true, clockOffByMs: () => undefined },
    counts: () => new Promise(() => {}),
  })
  expect(await metrics.text()).toContain('standin_database_up 0')
})

test('invariant 10: an error of a library is counted without its words', async () => {
  const metrics = createMetrics()
  metrics.countExchange({ error: new Error('s3cr3t of account 11111111-1111-4111-8111-111111111111') })
  const text = await metrics.text()
  expect(text).toContain('standin_exchanges_total{outcome="INTERNAL"} 1')
  expect(text).not.toMatch(/s3cr3t|11111111/)
})

test('is served on its own port, also while the database is down; a taken port stops nothing', async () => {
  const metrics = createMetrics()
  metrics.readAtScrape({ counts: () => Promise.reject(new Error('down')) })
  const address = { port: await freePort(), host: '127.0.0.1' }
  const log = createLogger('silent')
  onTestFinished(await serveMetrics(metrics, address, log))
  onTestFinished(await serveMetrics(metrics, address, log))

  const answer = await fetch(`http://127.0.0.1:${address.port}/metrics`)
  expect(answer.headers.get('content-type')).toContain('text/plain')
  expect(await answer.text()).toContain('standin_process_')
  expect((await fetch(`http://127.0.0.1:${address.port}/`)).status).toBe(404)
})

test('invariant 25: however many scrape at once, the database is asked once', async () => {
  const metrics = createMetrics()
  const gate = createGate()
  let asked = 0
  const poolWaitS = async () => {
    asked++
    await gate.pass()
    return 0
  }
  metrics.readAtScrape({ poolWaitS })
  const scrapes = Array.from({ length: 1_000 }, () => metrics.text())
  await gate.reached
  gate.open()
  expect(new Set(await Promise.all(scrapes)).size).toBe(1)
  expect(asked).toBe(1)
  await metrics.text()
  expect(asked).toBe(2)
})
