// Compiled by every supported TypeScript against the packed client: the public names and types that consumers rely on.

import type {
  Action,
  ErrorReason,
  Installation,
  InstallationEvent,
  Run,
  RunEvent,
  StandinClient,
  StandinClientErrorReason,
} from '@standin/client'
import * as client from '@standin/client'
import type * as testing from '@standin/client/testing'

type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false

true satisfies Same<
  keyof typeof client,
  | 'createStandinClient'
  | 'csvSeparator'
  | 'domainName'
  | 'formatMessage'
  | 'isInDomains'
  | 'spoken'
  | 'textOf'
  | 'standinLinks'
  | 'StandinClientError'
  | 'toStandinClientError'
  | 'unitSymbol'
  | 'zoneName'
>
true satisfies Same<keyof typeof testing, 'createFakeStandin'>
true satisfies Same<
  keyof StandinClient,
  'token' | 'replaceToken' | 'fetchFor' | 'runs' | 'actions' | 'installations' | 'api'
>
true satisfies Same<
  keyof StandinClient['runs'],
  'start' | 'get' | 'list' | 'cancel' | 'retry' | 'result' | 'rows' | 'download' | 'events' | 'ended'
>
true satisfies Same<StandinClientErrorReason, ErrorReason | 'UNREACHABLE' | 'OPTIONS_INVALID'>
true satisfies Same<testing.FakeStandin['client'], StandinClient>
true satisfies Same<ReturnType<StandinClient['fetchFor']>, typeof fetch>
true satisfies Same<RunEvent['type'], 'state' | 'progress' | 'log' | 'artifact' | 'delivery'>
true satisfies Same<
  InstallationEvent['type'],
  'installed' | 'active' | 'scopes-changed' | 'parked' | 'suspended' | 'paused' | 'uninstalled' | 'reset'
>

export async function use(standin: StandinClient): Promise<void> {
  const token = await standin.token('an account', { scopes: ['asset.view'] as const })
  token.accessToken satisfies string
  const run: Run = await standin.runs.start({ accountId: 'an account', actionId: 'fleet-snapshot' })
  run.state satisfies Run['state']
  const installation: Installation = await standin.installations.get('an account')
  installation.grantedScopes satisfies string[]
  for await (const event of standin.runs.events(run.id)) {
    if (event.type === 'progress') event.progress.done satisfies number
  }
  const { signal } = new AbortController()
  await standin.runs.get(run.id, { signal, maxRetries: 0, timeoutMs: 1_000, fetch })
  for await (const row of standin.runs.rows(run.id, { search: 'crane' }, { signal })) row.cells satisfies object
  for (const artifact of run.artifacts)
    (await standin.runs.download(artifact)).stream satisfies ReadableStream<Uint8Array>
  ;(await standin.actions.list('an account', { language: 'da' })) satisfies Action[]
  await standin.api.schedule.pause.mutate({ scheduleId: 'a schedule' })

  // @ts-expect-error a service key is needed
  client.createStandinClient({ url: 'https://standin.example.com' })
  // @ts-expect-error scopes are a list
  await standin.token('an account', { scopes: 'asset.view' })
  // @ts-expect-error there is no such procedure
  standin.api.token.steal
  // @ts-expect-error a run needs an action
  await standin.runs.start({ accountId: 'an account' })
  // @ts-expect-error no such reason
  new client.StandinClientError('GREMLINS', '')
}

/** As `defineAction` returns them; a program imports the type alone: `import type { actions } from …`. */
declare const actions: readonly [
  { id: 'count'; input: { _zod: { input: { days: number } } } },
  { id: 'list'; input: { _zod: { input: { search?: string } } } },
]

export async function useActions(): Promise<void> {
  const standin = client.createStandinClient<typeof actions>({ url: '', serviceKey: '' })
  standin satisfies StandinClient // For code that takes any client.
  await standin.runs.start({ accountId: 'an account', actionId: 'count', input: { days: 7 } })
  await standin.runs.start({ accountId: 'an account', actionId: 'list' })
  // @ts-expect-error the input of another type
  await standin.runs.start({ accountId: 'an account', actionId: 'count', input: { days: 'seven' } })
  // @ts-expect-error there is no such action
  await standin.runs.start({ accountId: 'an account', actionId: 'recount', input: {} })
}
