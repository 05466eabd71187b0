import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { storedKey } from './keys/key-ring.ts'

const client = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  accountId: z.string(),
  grantedScopes: z.array(z.string()),
  /** Scopes of the manifest that the account's plan does not include. */
  scopesOutsidePlan: z.array(z.string()).default([]),
  /** Milliseconds since 1970; a client may start to work after its callback was sent. */
  worksFrom: z.number(),
})

const account = z.object({
  accountId: z.string(),
  isInstalled: z.boolean(),
  clientId: z.string().nullable(),
  /** The callback that was sent last, byte for byte, and the identity it came with. */
  lastCallback: z.object({ body: z.string(), identity: z.string() }).nullable(),
  dismissedEventIds: z.array(z.string()),
})

const simulatorState = z.object({
  version: z.literal(1),
  keys: z.object({
    marketplace: z.array(storedKey),
    accessTokens: z.array(storedKey),
    userTokens: z.array(storedKey),
  }),
  clients: z.record(z.string(), client),
  accounts: z.record(z.string(), account),
})

export type Client = z.infer<typeof client>
export type Account = z.infer<typeof account>
export type SimulatorState = z.infer<typeof simulatorState>
export type StateStore = { state: SimulatorState; save(): Promise<void> }

/**
 * What Trackunit would remember: keys, clients, accounts. With a folder it survives the process, in a file that only
 * its owner reads; without one it lives in memory.
 * @throws Error with one line that names the folder or the file and what is wrong with it.
 */
export async function openState(dataDir: string | undefined): Promise<StateStore> {
  if (dataDir === undefined) return { state: emptyState(), save: async () => {} }

  const path = join(dataDir, 'trackunit.json')
  await mkdir(dataDir, { recursive: true }).catch((error) => {
    throw new Error(`cannot make the folder ${dataDir} (${codeOf(error)})`)
  })
  const state = await readState(path)
  const save = createSaver(path, () => JSON.stringify(state, null, 1))
  await save()
  return { state, save }
}

async function readState(path: string): Promise<SimulatorState> {
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return emptyState()
    throw new Error(`cannot read ${path} (${codeOf(error)})`)
  }

  try {
    return simulatorState.parse(JSON.parse(content))
  } catch {
    throw new Error(`${path} is not a state of this simulator; move it away to start with new accounts`)
  }
}

/** Writes at most one file at a time; a change that arrives during a write is part of the next one. */
function createSaver(path: string, content: () => string): () => Promise<void> {
  let running: Promise<void> | undefined
  let waiting: Promise<void> | undefined

  function start(): Promise<void> {
    running = replaceFile(path, content()).finally(() => {
      running = undefined
    })
    return running
  }

  return () => {
    if (!running) return start()
    waiting ??= running
      .catch(() => {})
      .then(() => {
        waiting = undefined
        return start()
      })
    return waiting
  }
}

async function replaceFile(path: string, content: string): Promise<void> {
  const draft = `${path}.draft`
  try {
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await chmod(draft, 0o600)
    await rename(draft, path)
  } catch (error) {
    throw new Error(`cannot write ${path} (${codeOf(error)})`)
  }
}

function emptyState(): SimulatorState {
  return { version: 1, keys: { marketplace: [], accessTokens: [], userTokens: [] }, clients: {}, accounts: {} }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
