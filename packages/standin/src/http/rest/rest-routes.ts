import type { ErrorReason, ProcedureContract, Procedures } from '@standin/contracts'
import { procedures } from '@standin/contracts'

/** A procedure as a route. Fields of its input that are not in the path are the query of a GET, or else the body. */
export interface RestRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With `{field}` for fields of the input. */
  path: string
  /** The name that generators give the function. */
  id: string
  /** The name of the answer's schema. */
  answer: string
  summary: string
  description?: string
  /** Reasons for which it can be refused, besides those of every route: see `refusalsOf`. */
  reasons?: readonly ErrorReason[]
}

type Noun = keyof Procedures
/** Every query and mutation that a service may call, such as `run.get`. */
export type RestProcedure = {
  [N in Noun]: {
    [P in keyof Procedures[N]]: Procedures[N][P] extends { kind: 'query' | 'mutation'; callers: infer Callers }
      ? 'service' extends (Callers & readonly string[])[number]
        ? `${N}.${P & string}`
        : never
      : never
  }[keyof Procedures[N]]
}[Noun]

const installation = [
  ...(['INSTALLATION_NOT_FOUND', 'INSTALLATION_UNINSTALLED', 'INSTALLATION_PAUSED', 'CREDENTIALS_PENDING'] as const),
  ...([
    'CREDENTIALS_REJECTED',
    'CREDENTIALS_QUARANTINED',
    'CREDENTIALS_AWAITING_APPROVAL',
    'SCOPE_NOT_GRANTED',
  ] as const),
  ...(['PLAN_REQUIRED'] as const),
] satisfies readonly ErrorReason[]
const toStart = [
  ...(['ACTION_NOT_FOUND', ...installation, 'SCOPE_FORBIDDEN', 'PREVIEW_REQUIRED', 'RUN_OVERLAPS'] as const),
  ...(['IDEMPOTENCY_KEY_REUSED', 'DESTINATION_UNCONFIRMED'] as const),
] satisfies readonly ErrorReason[]
const toPlan = [
  ...(['ACTION_NOT_FOUND', ...installation, 'SCOPE_FORBIDDEN', 'PREVIEW_REQUIRED', 'DESTINATION_UNCONFIRMED'] as const),
] satisfies readonly ErrorReason[]
const read = ['SCOPE_FORBIDDEN'] as const

/**
 * All of REST: each procedure that a service may call and that is not a stream, as one route. The schemas, the callers and
 * the rules are those of the procedure. A procedure without a row does not compile.
 */
export const restRoutes: Readonly<Record<RestProcedure, RestRoute>> = {
  'token.issue': {
    method: 'POST',
    path: '/v1/token',
    id: 'issueToken',
    answer: 'IssuedToken',
    summary: 'Get an access token of an account',
    description:
      'Ask each time you need a token, and reuse the answer for `cacheForMs`: Standin caches and renews tokens for all services. If an API refused a token, send its fingerprint as `rejectedFingerprint`; the answer is a newer token (see “A rejected token” above).',
    reasons: [
      ...installation,
      'SCOPE_FORBIDDEN',
      'SCOPE_NOT_IN_MANIFEST',
      'TRACKUNIT_UNAVAILABLE',
      'TRACKUNIT_RATE_LIMITED',
      'TRACKUNIT_REFUSED',
    ] as ErrorReason[],
  },
  'installation.list': {
    method: 'GET',
    path: '/v1/installations',
    id: 'listInstallations',
    answer: 'InstallationPage',
    summary: 'List the installations of all accounts that the service was granted',
    description:
      'Accounts that installed the app at any time. Compare `state` and `since` with what you stored to find out who installed and who left.',
  },
  'installation.get': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/installation',
    id: 'getInstallation',
    answer: 'Installation',
    summary: 'Get the installation of an account',
    description: 'An account that never installed the app has the state `none`.',
  },
  'action.list': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/actions',
    id: 'listActions',
    answer: 'ActionList',
    summary: 'List the actions, as an account sees them',
    description: 'Each with what it needs, whether it can be started, and the JSON Schema of its input.',
    reasons: installation,
  },
  'run.start': {
    method: 'POST',
    path: '/v1/accounts/{accountId}/runs',
    id: 'startRun',
    answer: 'Run',
    summary: 'Start a background run of an action',
    description:
      'An accepted run is never lost. `idempotencyKey` makes a repeated request safe: the same key returns the run that it started. An action that changes data is applied only with `previewRunId`, the run of its preview.',
    reasons: toStart,
  },
  'run.list': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/runs',
    id: 'listRuns',
    answer: 'RunPage',
    summary: 'List the runs of an account, newest first',
    reasons: read,
  },
  'run.latest': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/latest-runs',
    id: 'listLatestRuns',
    answer: 'RunList',
    summary: 'List the last run of each action that has ended',
    reasons: read,
  },
  'run.get': {
    method: 'GET',
    path: '/v1/runs/{runId}',
    id: 'getRun',
    answer: 'Run',
    summary: 'Get a run',
    description:
      'To follow a run, ask every few seconds until `endedAt` is set, or let `deliverTo` send its result to a webhook.',
    reasons: read,
  },
  'run.cancel': {
    method: 'POST',
    path: '/v1/runs/{runId}/cancel',
    id: 'cancelRun',
    answer: 'Run',
    summary: 'Ask a run to stop',
    description: 'It stops at its next checkpoint. What it has found stays readable.',
    reasons: [...read, 'RUN_NOT_CANCELLABLE'],
  },
  'run.retry': {
    method: 'POST',
    path: '/v1/runs/{runId}/retry',
    id: 'retryRun',
    answer: 'Run',
    summary: 'Start a new run with the same action and input',
    reasons: [...toStart, 'RUN_NOT_ENDED'],
  },
  'run.result': {
    method: 'GET',
    path: '/v1/runs/{runId}/result',
    id: 'getResult',
    answer: 'ResultPage',
    summary: 'Get what a run found, one page of rows at a time',
    description:
      'Readable while the run works. Follow `nextCursor` for the other rows. Numbers are metric; null is unknown, 0 is zero.',
    reasons: read,
  },
  'artifact.link': {
    method: 'POST',
    path: '/v1/artifacts/{artifactId}/link',
    id: 'linkArtifact',
    answer: 'ArtifactLink',
    summary: 'Get a download link for a file of a run',
    description: 'Valid for one minute, and needs no key: open it at once, and do not store it.',
    reasons: [...read, 'ARTIFACT_NOT_FOUND'],
  },
  'schedule.list': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/schedules',
    id: 'listSchedules',
    answer: 'SchedulePage',
    summary: 'List the schedules of an account',
    reasons: read,
  },
  'schedule.create': {
    method: 'POST',
    path: '/v1/accounts/{accountId}/schedules',
    id: 'createSchedule',
    answer: 'Schedule',
    summary: 'Start runs of an action on a schedule',
    description:
      '`recurrence` is a recurrence rule of RFC 5545 without DTSTART, at most hourly, such as `FREQ=WEEKLY;BYDAY=MO;BYHOUR=6`. Its times are in `timeZone`.',
    reasons: toPlan,
  },
  'schedule.preview': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/schedule-preview',
    id: 'previewSchedule',
    answer: 'Times',
    summary: 'Get the next five times of a recurrence that is not saved yet',
    reasons: read,
  },
  'schedule.update': {
    method: 'PATCH',
    path: '/v1/schedules/{scheduleId}',
    id: 'updateSchedule',
    answer: 'Schedule',
    summary: 'Change a schedule',
    description: 'What is left out stays as it is.',
    reasons: toPlan,
  },
  'schedule.pause': {
    method: 'POST',
    path: '/v1/schedules/{scheduleId}/pause',
    id: 'pauseSchedule',
    answer: 'Schedule',
    summary: 'Pause a schedule',
    reasons: read,
  },
  'schedule.resume': {
    method: 'POST',
    path: '/v1/schedules/{scheduleId}/resume',
    id: 'resumeSchedule',
    answer: 'Schedule',
    summary: 'Resume a schedule',
    description: 'Missed times are skipped.',
    reasons: toPlan,
  },
  'schedule.delete': {
    method: 'DELETE',
    path: '/v1/schedules/{scheduleId}',
    id: 'deleteSchedule',
    answer: 'Done',
    summary: 'Delete a schedule',
    description: 'Its runs and their results stay.',
    reasons: read,
  },
  'delivery.undelivered': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/undelivered',
    id: 'listUndelivered',
    answer: 'UndeliveredList',
    summary: 'List results that did not reach their receiver, newest first',
    reasons: read,
  },
  'delivery.resend': {
    method: 'POST',
    path: '/v1/runs/{runId}/resend',
    id: 'resendDelivery',
    answer: 'Delivery',
    summary: 'Retry the delivery of a result',
    description: 'Changes nothing unless the delivery has failed.',
    reasons: [...read, 'DELIVERY_NOT_FOUND', 'DESTINATION_UNCONFIRMED'],
  },
  'delivery.signingSecret': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/signing-secret',
    id: 'getSigningSecret',
    answer: 'SigningSecret',
    summary: 'Get the secret that verifies the webhooks of an account',
    description: 'Webhooks are signed as Standard Webhooks describes.',
  },
  'receiver.list': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/receivers',
    id: 'listReceivers',
    answer: 'Receivers',
    summary: 'List who may get the results of an account',
  },
  'receiver.ask': {
    method: 'POST',
    path: '/v1/accounts/{accountId}/receivers',
    id: 'askReceiver',
    answer: 'Receiver',
    summary: 'Ask the owner of an email address whether they want results',
    description: 'Sends an email. Until they agree, no results are sent there.',
    reasons: ['DELIVERY_FAILED', 'DELIVERY_REFUSED'],
  },
  'filter.list': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/filters',
    id: 'listFilters',
    answer: 'FilterList',
    summary: 'List the saved machine filters of an account',
    reasons: read,
  },
  'filter.save': {
    method: 'POST',
    path: '/v1/accounts/{accountId}/filters',
    id: 'saveFilter',
    answer: 'SavedFilter',
    summary: 'Save a machine filter under a name',
    description: 'Replaces a filter of the same name.',
    reasons: read,
  },
  'filter.delete': {
    method: 'DELETE',
    path: '/v1/accounts/{accountId}/filters/{filterId}',
    id: 'deleteFilter',
    answer: 'Done',
    summary: 'Delete a saved machine filter',
    reasons: read,
  },
  'filter.choices': {
    method: 'POST',
    path: '/v1/accounts/{accountId}/filter-choices',
    id: 'listFilterChoices',
    answer: 'FilterChoices',
    summary: 'List what a machine filter can choose from',
    reasons: read,
  },
  'audit.list': {
    method: 'GET',
    path: '/v1/accounts/{accountId}/audit',
    id: 'listAudit',
    answer: 'AuditPage',
    summary: 'List what happened on an account, newest first',
  },
}

/** Each row with its procedure. */
export const eachRestRoute = (Object.keys(restRoutes) as RestProcedure[]).map((name) => ({
  name,
  route: restRoutes[name],
  contract: contractOf(name),
}))

function contractOf(name: RestProcedure): ProcedureContract {
  const [noun = '', each = ''] = name.split('.')
  const contract = (procedures as Readonly<Record<string, Readonly<Record<string, ProcedureContract>>>>)[noun]?.[each]
  if (contract === undefined) throw new Error(`there is no procedure ${name}`)
  return contract
}

const toEveryone = [
  ...(['INPUT_INVALID', 'UNAUTHENTICATED', 'ACCOUNT_FORBIDDEN', 'RATE_LIMITED', 'OVERLOADED'] as const),
  ...(['STORAGE_UNAVAILABLE', 'INTERNAL'] as const),
]
const withBody = ['INPUT_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const
const notFound = { run: 'RUN_NOT_FOUND', schedule: 'SCHEDULE_NOT_FOUND', artifact: 'ARTIFACT_NOT_FOUND' } as const

/** Every reason that a route can be refused with. */
export function refusalsOf({ route, contract }: { route: RestRoute; contract: ProcedureContract }): ErrorReason[] {
  const { account, administrators } = contract
  const reasons: ErrorReason[] = [...toEveryone, ...(route.reasons ?? [])]
  if (route.method !== 'GET') reasons.push(...withBody)
  if (account !== 'input' && account !== 'caller') reasons.push(notFound[account])
  if (administrators) reasons.push('SCOPE_FORBIDDEN')
  return [...new Set(reasons)]
}

/** The fields of the input that are part of the path. */
export const pathFields = ({ path }: RestRoute): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field)
