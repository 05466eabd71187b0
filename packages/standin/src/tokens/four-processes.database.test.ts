import { type ChildProcess, fork } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, startLocalServer } from '../../test/local-server.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import type { FromProcess, ToProcess } from '../../test/token-process.ts'
import { createTokenStack } from '../../test/token-stack.ts'

const database = await createTestDatabase()
const stack = await createTokenStack(database)
const trackunit = await startTokenEndpoint()
const processes: ChildProcess[] = []
beforeAll(async () => {
  processes.push(...(await Promise.all(['one', 'two', 'three', 'four'].map(startProcess))))
})
afterAll(async () => {
  for (const child of processes) child.kill('SIGKILL')
  await trackunit[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
  await database.drop()
})

describe('invariant 11: four processes', () => {
  test('1,000 callers without a cached token cause one exchange', async () => {
    const accountId = await install()

    const answers = await Promise.all(processes.map((child) => ask(child, { accountId, callers: 250 })))

    expect(trackunit.requestsFor(accountId)).toBe(1)
    expect(answers.flatMap(({ got }) => got)).toEqual(Array(4).fill(fingerprint(`${accountId} 1`)))
    expect(await handOuts(accountId)).toBe(1_000)
  })

  test('a process that freezes during the exchange delays the others by its lease and one exchange, and writes nothing when it continues', async () => {
    const accountId = await install()
    const held = trackunit.hold()
    const answers = new Map(processes.map((child) => [child, ask(child, { accountId, callers: 50 })]))
    const { name, answer } = await held
    const leader = named(name)
    leader.kill('SIGSTOP')

    const others = await Promise.all([...answers].filter(([child]) => child !== leader).map(([, got]) => got))
    expect(others.flatMap(({ got }) => got)).toEqual(Array(3).fill(fingerprint(`${accountId} 2`)))
    answer('late')
    leader.kill('SIGCONT')

    expect((await answers.get(leader))?.got).toEqual([fingerprint(`${accountId} 2`)])
    expect(trackunit.requestsFor(accountId)).toBe(2)
    expect(await storedFingerprints(accountId)).toEqual([fingerprint(`${accountId} 2`)])
  })

  test('a process that is killed during the exchange is noticed before its lease ends: one more exchange', async () => {
    const accountId = await install()
    const held = trackunit.hold()
    const answers = new Map(
      processes.map((child) => [child, ask(child, { accountId, callers: 50 }).catch(() => undefined)]),
    )
    const { name } = await held
    const leader = named(name)
    const holder = await stack.sql`select lease_until from token_leases where account_id = ${accountId}`
    leader.kill('SIGKILL')

    const others = await Promise.all([...answers].filter(([child]) => child !== leader).map(([, got]) => got))

    expect(others.flatMap((answered) => answered?.got)).toEqual(Array(3).fill(fingerprint(`${accountId} 2`)))
    expect(trackunit.requestsFor(accountId)).toBe(2)
    const [issued] = await stack.sql`select issued_at from access_tokens where account_id = ${accountId}`
    expect(issued?.issued_at < holder[0]?.lease_until).toBe(true)
  })
})

async function install(): Promise<string> {
  const accountId = randomUUID()
  await stack.install({ accountId, clientId: accountId, grantedScopes: ['a'] })
  return accountId
}

async function startProcess(name: string): Promise<ChildProcess> {
  const entry = fileURLToPath(new URL('../../test/token-process.ts', import.meta.url))
  const child = fork(entry, { serialization: 'advanced' })
  names.set(name, child)
  const ready = once(child, 'message')
  child.send({ databaseUrl: database.url, tokenUrl: trackunit.url, name, leaseMs: 2_500 } satisfies ToProcess)
  await ready
  return child
}

const names = new Map<string, ChildProcess>()
function named(name: string): ChildProcess {
  const child = names.get(name)
  if (!child) throw new Error(`No process is called ${name}.`)
  return child
}

async function ask(child: ChildProcess, question: Extract<ToProcess, { callers: number }>) {
  child.send(question)
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The process ended.')))
  const [answer] = await Promise.race([once(child, 'message') as Promise<[FromProcess]>, ended])
  if (!('got' in answer)) throw new Error('An answer was expected.')
  return answer
}

/** Issues `<client> 1`, `<client> 2`, … for each client; the test answers a held request. */
async function startTokenEndpoint() {
  const requests = new Map<string, number>()
  let holder: ((held: { name: string; answer: (token: string) => void }) => void) | undefined
  const server = await startLocalServer((response, { headers, body }) => {
    const client = new URLSearchParams(body).get('client_id') ?? ''
    const count = (requests.get(client) ?? 0) + 1
    requests.set(client, count)
    const hold = holder
    holder = undefined
    if (hold) hold({ name: headers['user-agent'] ?? '', answer: (token) => give(response, token) })
    else give(response, `${client} ${count}`)
  })
  const give = (response: ServerResponse, token: string) =>
    json({ access_token: token, token_type: 'Bearer', expires_in: 3_600 })(response, {} as never)
  return {
    url: server.url,
    requestsFor: (accountId: string) => requests.get(accountId) ?? 0,
    /** Holds the next request; resolves when it arrives, with the process that sent it. */
    hold: () => new Promise<{ name: string; answer: (token: string) => void }>((resolve) => (holder = resolve)),
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  }
}

const fingerprint = (token: string) => createHash('sha256').update(token).digest('base64url')
const handOuts = async (accountId: string) =>
  (await stack.handOuts()).filter((handOut) => handOut.accountId === accountId).length
const storedFingerprints = async (accountId: string) =>
  (await stack.sql`select fingerprint from access_tokens where account_id = ${accountId}`).map(
    ({ fingerprint }) => fingerprint,
  )
