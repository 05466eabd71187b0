/**
 * Every reason that an answer of Standin can carry, closed: programs switch on it, people read the message.
 * `retry`: `never` (the same request fails again) · `soon` (may work by itself, try with back-off) ·
 * `after` (the answer says after how long, as `Retry-After` and `retryAfterMs`).
 */
const reason = <Retry extends 'never' | 'soon' | 'after'>(
  http: number,
  trpc: TrpcCode,
  retry: Retry,
  message: string,
) => ({ http, trpc, retry, message })

/** The tRPC codes used here, by name, so that this package needs no tRPC. */
type TrpcCode =
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_SUPPORTED'
  | 'CONFLICT'
  | 'PRECONDITION_FAILED'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'UNPROCESSABLE_CONTENT'
  | 'TOO_MANY_REQUESTS'
  | 'INTERNAL_SERVER_ERROR'
  | 'BAD_GATEWAY'
  | 'SERVICE_UNAVAILABLE'

export const errorReasons = {
  UNAUTHENTICATED: reason(
    401,
    'UNAUTHORIZED',
    'never',
    'No valid key or user token came with the request. Send a current one in the Authorization header.',
  ),
  ACCOUNT_FORBIDDEN: reason(
    403,
    'FORBIDDEN',
    'never',
    'The caller may not act on this account. Ask the operator for a grant, or use your own account.',
  ),
  SCOPE_FORBIDDEN: reason(
    403,
    'FORBIDDEN',
    'never',
    'The caller may not use this scope. Ask the operator to grant it.',
  ),
  NOT_FOUND: reason(404, 'NOT_FOUND', 'never', 'There is nothing at this address.'),
  METHOD_NOT_ALLOWED: reason(405, 'METHOD_NOT_SUPPORTED', 'never', 'This address does not take this method.'),
  UNSUPPORTED_MEDIA_TYPE: reason(
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'never',
    'The body must be JSON, uncompressed, sent as application/json.',
  ),
  INPUT_INVALID: reason(400, 'BAD_REQUEST', 'never', 'The input does not have the form that this procedure takes.'),
  INPUT_TOO_LARGE: reason(413, 'PAYLOAD_TOO_LARGE', 'never', 'The body is larger than this address takes.'),
  RATE_LIMITED: reason(
    429,
    'TOO_MANY_REQUESTS',
    'after',
    'Too many requests from this caller. Wait as long as the answer says.',
  ),
  OVERLOADED: reason(
    503,
    'SERVICE_UNAVAILABLE',
    'after',
    'Standin has more work than it can take just now. Wait as long as the answer says.',
  ),
  STORAGE_UNAVAILABLE: reason(
    503,
    'SERVICE_UNAVAILABLE',
    'soon',
    'The database does not answer. Nothing was changed; try again.',
  ),
  INTERNAL: reason(
    500,
    'INTERNAL_SERVER_ERROR',
    'never',
    'Something broke inside Standin. The log has it under the request id of this answer.',
  ),

  IDENTITY_MISSING: reason(
    401,
    'UNAUTHORIZED',
    'never',
    'The header Trackunit-Identity is missing. Only callbacks signed by Trackunit are taken.',
  ),
  IDENTITY_INVALID: reason(
    401,
    'UNAUTHORIZED',
    'never',
    'The header Trackunit-Identity holds no JWT that a published key of Trackunit has signed.',
  ),
  IDENTITY_EXPIRED: reason(
    401,
    'UNAUTHORIZED',
    'never',
    'The JWT in Trackunit-Identity has expired, or is too old. A new delivery needs a new one.',
  ),
  IDENTITY_MISMATCH: reason(
    401,
    'UNAUTHORIZED',
    'never',
    'The JWT in Trackunit-Identity was made for another app, account or address than the body names.',
  ),
  IRIS_APP_UNKNOWN: reason(
    422,
    'UNPROCESSABLE_CONTENT',
    'never',
    'The callback is for an app that this server does not serve. Compare irisAppId with IRIS_APP_ID.',
  ),
  CALLBACK_MALFORMED: reason(
    400,
    'BAD_REQUEST',
    'never',
    'The body is not a callback: type, irisAppId and accountId are needed; INSTALLED also has clientId and clientSecret.',
  ),
  KEYS_UNAVAILABLE: reason(
    503,
    'SERVICE_UNAVAILABLE',
    'after',
    "Trackunit's signing keys could not be had just now, so the callback could not be verified. Send it again.",
  ),

  INSTALLATION_NOT_FOUND: reason(
    404,
    'NOT_FOUND',
    'never',
    'No installation of this account is known. Install the app in Trackunit Manager.',
  ),
  INSTALLATION_UNINSTALLED: reason(
    409,
    'CONFLICT',
    'never',
    'The app was uninstalled from this account. To use it again, install it.',
  ),
  CREDENTIALS_PENDING: reason(
    409,
    'CONFLICT',
    'soon',
    'The credentials are new and not yet proven. This usually takes less than a minute.',
  ),
  CREDENTIALS_REJECTED: reason(409, 'CONFLICT', 'never', 'Trackunit refuses the credentials. Install the app again.'),
  CREDENTIALS_QUARANTINED: reason(
    409,
    'CONFLICT',
    'never',
    'The credentials belong to another account and are locked away. Install the app again, or ask the operator.',
  ),
  CREDENTIALS_AWAITING_APPROVAL: reason(
    409,
    'CONFLICT',
    'never',
    'New credentials wait for the approval of an administrator of the account.',
  ),
  SCOPE_NOT_IN_MANIFEST: reason(
    400,
    'BAD_REQUEST',
    'never',
    "The scope is not in the app's manifest. Add it to standin.config.ts and publish the manifest.",
  ),
  SCOPE_NOT_GRANTED: reason(
    403,
    'FORBIDDEN',
    'never',
    'The account did not grant this scope, or its Trackunit plan does not include it. It can be granted in Trackunit Manager.',
  ),
  PLAN_REQUIRED: reason(403, 'FORBIDDEN', 'never', "The account's Trackunit plan does not include this."),

  TRACKUNIT_UNAVAILABLE: reason(
    502,
    'BAD_GATEWAY',
    'soon',
    'Trackunit does not answer as it should. It is tried again with growing pauses.',
  ),
  TRACKUNIT_RATE_LIMITED: reason(
    503,
    'SERVICE_UNAVAILABLE',
    'after',
    'Trackunit asked us to slow down. Wait as long as the answer says.',
  ),
  TRACKUNIT_REFUSED: reason(502, 'BAD_GATEWAY', 'never', 'Trackunit refused the request.'),

  ACTION_NOT_FOUND: reason(
    404,
    'NOT_FOUND',
    'never',
    'There is no action with this id. action.list names those there are.',
  ),
  RUN_NOT_FOUND: reason(404, 'NOT_FOUND', 'never', 'There is no such run.'),
  RUN_NOT_ENDED: reason(409, 'CONFLICT', 'never', 'The run goes on. It can be started again when it has ended.'),
  RUN_NOT_CANCELLABLE: reason(409, 'CONFLICT', 'never', 'The run has ended already.'),
  RUN_OVERLAPS: reason(409, 'CONFLICT', 'never', 'A run of this action is going on and another is waiting already.'),
  PREVIEW_REQUIRED: reason(
    412,
    'PRECONDITION_FAILED',
    'never',
    'This action changes data: run its preview first, then apply that.',
  ),
  RUN_STUCK: reason(
    500,
    'INTERNAL_SERVER_ERROR',
    'never',
    'The run was given up: several times in a row the server ended while it worked on it, or the time for it ran out, and it came no further. The log of the server says why.',
  ),
  EFFECT_UNKNOWN: reason(
    502,
    'BAD_GATEWAY',
    'never',
    'Whether a change was made in Trackunit is not known, and there is no way to look it up, so it was not repeated. See in Trackunit, then start again.',
  ),
  IDEMPOTENCY_KEY_REUSED: reason(
    409,
    'CONFLICT',
    'never',
    'This idempotency key was used for another run. Make a new key for each new run.',
  ),
  SCHEDULE_NOT_FOUND: reason(404, 'NOT_FOUND', 'never', 'There is no such schedule.'),
  STORAGE_FULL: reason(
    413,
    'PAYLOAD_TOO_LARGE',
    'never',
    'The files of this account take all the room that this server gives them. Old ones go by themselves; until then, ask for fewer machines, or ask the operator for more room.',
  ),
  ARTIFACT_NOT_FOUND: reason(404, 'NOT_FOUND', 'never', 'There is no such file. Files are kept for a limited time.'),
  LINK_EXPIRED: reason(
    410,
    'NOT_FOUND',
    'never',
    'This download link is no longer valid. Ask for a new one; each lives for a minute.',
  ),
  DELIVERY_FAILED: reason(502, 'BAD_GATEWAY', 'never', 'The result could not be delivered.'),
} as const

export type ErrorReason = keyof typeof errorReasons

/** What every tRPC error carries in `data`. */
export interface ErrorData {
  code: string
  httpStatus: number
  reason: ErrorReason
  /** Only where the reason's `retry` is `after`, or the moment is known. */
  retryAfterMs?: number
  requestId?: string
  path?: string
  /** For `INPUT_INVALID`: which fields, in words. Never their values. */
  issues?: Array<{ path: string; message: string }>
}
