/**
 * Every reason that an answer can have. The list is closed: programs switch on it, people read the message.
 * `retry`: `never` (the same request fails again), `soon` (may work later, retry with back-off) or `after` (the answer says
 * after how long, as `Retry-After` and `retryAfterMs`).
 */
const reason = <Retry extends 'never' | 'soon' | 'after'>(
  http: number,
  trpc: TrpcCode,
  retry: Retry,
  message: string,
) => ({ http, trpc, retry, message })

/** The tRPC codes used here, by name: this package does not depend on tRPC. */
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
    'The request has no valid key or user token. Send a current one in the Authorization header.',
  ),
  ACCOUNT_FORBIDDEN: reason(
    403,
    'FORBIDDEN',
    'never',
    'The caller has no access to this account. Ask the operator for a grant, or use your own account.',
  ),
  SCOPE_FORBIDDEN: reason(
    403,
    'FORBIDDEN',
    'never',
    'The caller may not use this scope. Ask the operator to grant it.',
  ),
  NOT_FOUND: reason(404, 'NOT_FOUND', 'never', 'There is nothing at this address.'),
  METHOD_NOT_ALLOWED: reason(405, 'METHOD_NOT_SUPPORTED', 'never', 'This address does not support this method.'),
  UNSUPPORTED_MEDIA_TYPE: reason(
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'never',
    'The body must be JSON, uncompressed, sent as application/json.',
  ),
  INPUT_INVALID: reason(400, 'BAD_REQUEST', 'never', 'The input is not valid for this procedure.'),
  INPUT_TOO_LARGE: reason(413, 'PAYLOAD_TOO_LARGE', 'never', 'The body is larger than this address accepts.'),
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
    'The server has too much work right now. Wait as long as the answer says.',
  ),
  STORAGE_UNAVAILABLE: reason(
    503,
    'SERVICE_UNAVAILABLE',
    'soon',
    'The database cannot be used at the moment. Nothing was changed; try again.',
  ),
  INTERNAL: reason(
    500,
    'INTERNAL_SERVER_ERROR',
    'never',
    'Something went wrong in the server. The log has the details under the request id of this answer.',
  ),

  IDENTITY_MISSING: reason(
    401,
    'UNAUTHORIZED',
    'never',
    'The header Trackunit-Identity is missing. Only callbacks signed by Trackunit are accepted.',
  ),
  IDENTITY_INVALID: reason(
    401,
    'UNAUTHORIZED',
    'never',
    'The header Trackunit-Identity is not a JWT signed with a published key of Trackunit.',
  ),
  IDENTITY_EXPIRED: reason(
    401,
    'UNAUTHORIZED',
    'never',
    'The JWT in Trackunit-Identity has expired or is too old. Send a new one with each delivery.',
  ),
  IDENTITY_MISMATCH: reason(
    401,
    'UNAUTHORIZED',
    'never',
    'The JWT in Trackunit-Identity is for another app, account or address than the body.',
  ),
  IRIS_APP_UNKNOWN: reason(
    422,
    'UNPROCESSABLE_CONTENT',
    'never',
    'This server does not serve the app of the callback. Compare irisAppId with IRIS_APP_ID.',
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
    "Trackunit's signing keys are not available right now, so the callback could not be verified. Send it again.",
  ),

  INSTALLATION_NOT_FOUND: reason(
    404,
    'NOT_FOUND',
    'never',
    'The app is not installed on this account. Install it in Trackunit Manager.',
  ),
  INSTALLATION_UNINSTALLED: reason(
    409,
    'CONFLICT',
    'never',
    'The app was uninstalled from this account. Install it to use it again.',
  ),
  INSTALLATION_PAUSED: reason(
    409,
    'CONFLICT',
    'never',
    'The operator of this server paused the account. No token is issued and no run starts until the operator resumes it.',
  ),
  CREDENTIALS_PENDING: reason(
    409,
    'CONFLICT',
    'soon',
    'The credentials are new and still being tested. This usually takes less than a minute.',
  ),
  CREDENTIALS_REJECTED: reason(409, 'CONFLICT', 'never', 'Trackunit refuses the credentials. Install the app again.'),
  CREDENTIALS_QUARANTINED: reason(
    409,
    'CONFLICT',
    'never',
    'The credentials belong to another account and are quarantined. Install the app again, or ask the operator.',
  ),
  CREDENTIALS_AWAITING_APPROVAL: reason(
    409,
    'CONFLICT',
    'never',
    'An administrator of the account must approve the new credentials first.',
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
    'Trackunit is not answering correctly. It is asked again with growing pauses.',
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
    'There is no action with this id. action.list returns all actions.',
  ),
  RUN_NOT_FOUND: reason(404, 'NOT_FOUND', 'never', 'There is no such run.'),
  RUN_NOT_ENDED: reason(409, 'CONFLICT', 'never', 'The run has not ended. Start it again when it has.'),
  RUN_NOT_CANCELLABLE: reason(409, 'CONFLICT', 'never', 'The run has already ended.'),
  RUN_OVERLAPS: reason(409, 'CONFLICT', 'never', 'A run of this action is working and another one is already waiting.'),
  PREVIEW_REQUIRED: reason(
    412,
    'PRECONDITION_FAILED',
    'never',
    'This action changes data. Run its preview first, then apply it.',
  ),
  ACTION_FAILED: reason(422, 'UNPROCESSABLE_CONTENT', 'never', 'The action could not do its work. The run says why.'),
  ACTION_FAULTY: reason(500, 'INTERNAL_SERVER_ERROR', 'never', 'The action has a mistake that its maker must correct.'),
  ACTION_CHANGED: reason(
    409,
    'CONFLICT',
    'never',
    'The action was changed after this run began, and what the run had kept can no longer be read. Start it again.',
  ),
  RUN_STUCK: reason(
    500,
    'INTERNAL_SERVER_ERROR',
    'never',
    'The run was given up: several times in a row the server stopped or the time ran out without progress. The server log says why.',
  ),
  RESTORED: reason(
    409,
    'CONFLICT',
    'never',
    'The database was restored to an earlier state, so it is unknown what was done after that. Check, then start, send or resume it again.',
  ),
  EFFECT_UNKNOWN: reason(
    502,
    'BAD_GATEWAY',
    'never',
    'It is unknown whether Trackunit made a change, and there is no way to look it up, so it was not repeated. Check in Trackunit, then start again.',
  ),
  IDEMPOTENCY_KEY_REUSED: reason(
    409,
    'CONFLICT',
    'never',
    'This idempotency key was used for another run. Use a new key for each run.',
  ),
  SCHEDULE_NOT_FOUND: reason(404, 'NOT_FOUND', 'never', 'There is no such schedule.'),
  AUTHOR_AWAY: reason(
    403,
    'FORBIDDEN',
    'never',
    'The author of the schedule has not used the app for 90 days. Resume the schedule to take it over.',
  ),
  STORAGE_FULL: reason(
    413,
    'PAYLOAD_TOO_LARGE',
    'never',
    'The results and files of this account use all the space that the server allows. Old ones are deleted automatically. Choose fewer machines, or ask the operator for more space.',
  ),
  ARTIFACT_NOT_FOUND: reason(404, 'NOT_FOUND', 'never', 'There is no such file. Files are kept for a limited time.'),
  LINK_EXPIRED: reason(
    410,
    'NOT_FOUND',
    'never',
    'This download link has expired. Request a new one; each is valid for one minute.',
  ),
  DESTINATION_UNCONFIRMED: reason(
    403,
    'FORBIDDEN',
    'never',
    'Results may not be sent there yet. An email address must be confirmed by its owner, or be in a domain that the account trusts; so must the host of a webhook.',
  ),
  DELIVERY_FAILED: reason(502, 'BAD_GATEWAY', 'never', 'The result could not be delivered.'),
  DELIVERY_REFUSED: reason(502, 'BAD_GATEWAY', 'never', 'The address does not accept the result.'),
  DELIVERY_NOT_FOUND: reason(404, 'NOT_FOUND', 'never', 'There is no such delivery.'),
} as const

/** Why something failed, from a closed list: switch on it. `StandinClientError.retry` says whether trying again can help. */
export type ErrorReason = keyof typeof errorReasons

/** `data` of every tRPC error. */
export interface ErrorData {
  code: string
  httpStatus: number
  reason: ErrorReason
  /** Only if the reason's `retry` is `after`, or the time is known. */
  retryAfterMs?: number
  requestId?: string
  path?: string
  /** For `INPUT_INVALID`: which fields are wrong and how. Never their values. */
  issues?: Array<{ path: string; message: string }>
}
