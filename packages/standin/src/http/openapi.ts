import { type ErrorReason, errorReasons, issuedTokenSchema, issueTokenInputSchema } from '@standin/contracts'
import { z } from 'zod'

/** What `POST /v1/token` can be refused with. */
const tokenRefusals = [
  ...(['INPUT_INVALID', 'UNAUTHENTICATED', 'ACCOUNT_FORBIDDEN', 'SCOPE_FORBIDDEN'] as const),
  ...(['INPUT_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'RATE_LIMITED', 'OVERLOADED', 'STORAGE_UNAVAILABLE'] as const),
  ...(['INSTALLATION_NOT_FOUND', 'INSTALLATION_UNINSTALLED', 'CREDENTIALS_PENDING', 'CREDENTIALS_REJECTED'] as const),
  ...(['CREDENTIALS_QUARANTINED', 'CREDENTIALS_AWAITING_APPROVAL', 'SCOPE_NOT_IN_MANIFEST'] as const),
  ...(['SCOPE_NOT_GRANTED', 'PLAN_REQUIRED', 'TRACKUNIT_UNAVAILABLE', 'TRACKUNIT_RATE_LIMITED'] as const),
  ...(['TRACKUNIT_REFUSED', 'INTERNAL'] as const),
] satisfies readonly ErrorReason[]

/** How every error of a route looks. @see RFC 9457 */
const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('For people. Programs switch on `reason`.'),
  reason: z.string(),
  requestId: z.string(),
  retryAfterMs: z
    .int()
    .optional()
    .describe('When the same request can help, in milliseconds; also as Retry-After, in seconds.'),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

/**
 * What programs in other languages are generated from: the routes that are not tRPC's, described by the schemas that
 * the server checks with. @see OpenAPI 3.1.1
 * @param serverUrl the server's public address
 */
export function openApiDocument({ serverUrl, version }: { serverUrl: string; version: string }) {
  const json = (schema: z.ZodType, io: 'input' | 'output') => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io })
    return rest
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Standin',
      version,
      description:
        'Access tokens of the accounts that installed the app. Re-use a token for `cacheForMs`; when an API refuses it, ask again with `rejectedFingerprint`.',
    },
    servers: [{ url: serverUrl }],
    security: [{ serviceKey: [] }],
    paths: {
      '/v1/token': {
        post: {
          operationId: 'issueToken',
          summary: 'A valid access token of an account',
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/IssueToken' } } },
          },
          responses: {
            200: {
              description: 'A token that is good beyond `cacheForMs`.',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/IssuedToken' } } },
            },
            ...refusalsByStatus(tokenRefusals),
          },
        },
      },
    },
    components: {
      securitySchemes: {
        serviceKey: {
          type: 'http',
          scheme: 'bearer',
          description: '`sk_standin_…`, as `standin keys create` printed it.',
        },
      },
      schemas: {
        IssueToken: json(issueTokenInputSchema, 'input'),
        IssuedToken: json(issuedTokenSchema, 'output'),
        Problem: json(problemSchema, 'output'),
      },
    },
  }
}

/** One response for each status, whose `reason` is one of a closed list. */
function refusalsByStatus(reasons: readonly ErrorReason[]): Record<number, object> {
  const statuses = [...new Set(reasons.map((reason) => errorReasons[reason].http))]
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = reasons.filter((reason) => errorReasons[reason].http === status)
      const description = ofStatus.map((reason) => `\`${reason}\`: ${errorReasons[reason].message}`).join('\n\n')
      const schema = {
        allOf: [{ $ref: '#/components/schemas/Problem' }],
        properties: { reason: { enum: ofStatus } },
      }
      return [status, { description, content: { 'application/problem+json': { schema } } }]
    }),
  )
}
