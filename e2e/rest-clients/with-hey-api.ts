// A program over the client that @hey-api/openapi-ts writes.
import { setTimeout as pause } from 'node:timers/promises'
import { client } from './generated/hey-api/client.gen.js'
import { getResult, getRun, issueToken, listInstallations, listRuns, startRun } from './generated/hey-api/index.js'

const [baseUrl = '', accountId = ''] = process.argv.slice(2)
client.setConfig({ baseUrl, auth: () => process.env.STANDIN_SERVICE_KEY ?? '' })
const throwOnError = true

const { data: page } = await listInstallations({ throwOnError })
console.log(`installed: ${page.installations.map(({ accountId, state }) => `${accountId} ${state}`)}`)

const { data: token } = await issueToken({ throwOnError, body: { accountId } })
console.log(`token: ${token.tokenType}, ${token.scopes}`)

// The same key starts nothing new: it may be the run of the other program.
const body = { actionId: 'machine-list', input: {}, idempotencyKey: 'of a generated client' }
let { data: run } = await startRun({ throwOnError, path: { accountId }, body })
for (let look = 0; run.endedAt === null && look < 300; look++) {
  await pause(100)
  run = (await getRun({ throwOnError, path: { runId: run.id } })).data
}
const query = {
  search: 'no machine is called this',
  filter: { brand: 'x' },
  onlyNew: false,
  within: 'nowhere' as const,
}
const { data: found } = await getResult({ throwOnError, path: { runId: run.id }, query })
const { data: list } = await listRuns({ throwOnError, path: { accountId }, query: { states: ['succeeded', 'failed'] } })
console.log(`run: ${run.state}, ${found.total} rows, listed: ${list.runs.some(({ id }) => id === run.id)}`)

const { error, response } = await getRun({ path: { runId: accountId } })
console.log(`refused: ${error?.reason} ${response?.status}`)
client.setConfig({ baseUrl, auth: () => 'sk_standin_of_nobody' })
const { error: unknown } = await getRun({ path: { runId: run.id } })
console.log(`unknown: ${unknown?.reason}`)
