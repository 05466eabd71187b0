// A program over openapi-fetch and the types of openapi-typescript.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import createClient from 'openapi-fetch'
import type { components, paths } from './generated/openapi.js'

const [baseUrl = '', accountId = ''] = process.argv.slice(2)
const standin = createClient<paths>({
  baseUrl,
  headers: { authorization: `Bearer ${process.env.STANDIN_SERVICE_KEY}` },
})

function told<Data>({ data, error }: { data?: Data; error?: components['schemas']['Problem'] }): Data {
  if (data === undefined) throw new Error(`${error?.reason}: ${error?.detail}`)
  return data
}

const { installations } = told(await standin.GET('/v1/installations', { params: { query: { limit: 5 } } }))
console.log(`installed: ${installations.map(({ accountId, state }) => `${accountId} ${state}`)}`)

const first = told(await standin.POST('/v1/token', { body: { accountId, scopes: ['asset.view'] } }))
const rejectedFingerprint = createHash('sha256').update(first.accessToken).digest('base64url')
const second = told(
  await standin.POST('/v1/token', { body: { accountId, scopes: ['asset.view'], rejectedFingerprint } }),
)
console.log(`a newer token: ${second.accessToken !== first.accessToken}`)

const start = { actionId: 'machine-list', input: {}, idempotencyKey: 'of a generated client' }
let run = told(await standin.POST('/v1/accounts/{accountId}/runs', { params: { path: { accountId } }, body: start }))
for (let look = 0; run.endedAt === null && look < 300; look++) {
  await pause(100)
  run = told(await standin.GET('/v1/runs/{runId}', { params: { path: { runId: run.id } } }))
}
const { rows, total, nextCursor } = told(
  await standin.GET('/v1/runs/{runId}/result', {
    params: { path: { runId: run.id }, query: { limit: 2, sort: { key: 'machine', descending: true } } },
  }),
)
console.log(`run: ${run.state}, ${rows.length} of ${total} rows, more: ${nextCursor !== null}`)

const [artifact] = run.artifacts
const { url } = told(
  await standin.POST('/v1/artifacts/{artifactId}/link', { params: { path: { artifactId: artifact?.id ?? '' } } }),
)
console.log(`file: ${(await (await fetch(url)).arrayBuffer()).byteLength === artifact?.bytes}`)

const planned = { recurrence: 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=6', timeZone: 'Europe/Copenhagen', deliverTo: [] }
const schedule = told(
  await standin.POST('/v1/accounts/{accountId}/schedules', {
    params: { path: { accountId } },
    body: { actionId: 'machine-list', input: {}, ...planned },
  }),
)
const path = { scheduleId: schedule.id }
const changed = told(
  await standin.PATCH('/v1/schedules/{scheduleId}', {
    params: { path },
    body: { recurrence: 'FREQ=WEEKLY;BYDAY=FR;BYHOUR=6' },
  }),
)
told(await standin.DELETE('/v1/schedules/{scheduleId}', { params: { path } }))
console.log(`schedule: ${schedule.state}, then ${changed.recurrence}`)

const { error } = await standin.GET('/v1/runs/{runId}', { params: { path: { runId: schedule.id } } })
console.log(`refused: ${error?.reason}`)
