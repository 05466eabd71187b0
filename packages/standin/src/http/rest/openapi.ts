import {
  actionSchema,
  artifactSchema,
  auditEntrySchema,
  deliverySchema,
  destinationSchema,
  type ErrorReason,
  errorReasonSchema,
  errorReasons,
  installationSchema,
  machineFilterSchema,
  messageSchema,
  type ProcedureContract,
  resultChartSchema,
  resultColumnSchema,
  resultRowSchema,
  runProgressSchema,
  runSchema,
  scheduleSchema,
} from '@standin/contracts'
import { z } from 'zod'
import { fieldDescriptions } from './field-descriptions.ts'
import { eachRestRoute, pathFields, type RestRoute, refusalsOf } from './rest-routes.ts'

const about = `Access tokens, background runs, results, schedules and installations of an IrisX app, for the services of its maker.

Send a service key with every request: \`Authorization: Bearer sk_standin_…\`, as \`standin keys create\` printed it. It works on the accounts that it was granted.

## A rejected token
If an API answers 401 to a token, ask for a newer one: send the token's fingerprint as \`rejectedFingerprint\` to \`POST /v1/token\`. The fingerprint is the SHA-256 of the token's text, as base64url without padding (43 characters):

\`printf %s "$TOKEN" | openssl dgst -sha256 -binary | basenc --base64url | tr -d =\`

Standin answers with a token that is newer than the rejected one. Any number of services that report the same token cause one exchange with Trackunit. If there is no newer token right now, the answer is 502 with the reason \`TRACKUNIT_REFUSED\` and, where a later try can help, \`retryAfterMs\`.

## Errors
Every error is \`application/problem+json\` (RFC 9457). Switch on \`reason\`, which comes from a closed list for each status; \`detail\` is for people. If the key itself is rejected, the answer is 401 with the reason \`UNAUTHENTICATED\`. Repeat a request that was answered with 429 or 503, after \`Retry-After\` seconds; requests that start something carry an \`idempotencyKey\`, so that nothing starts twice.

## Pages
Lists come in pages of \`limit\` entries, 20 by default and at most 100. Send \`nextCursor\` as \`cursor\` for the next page; on the last page it is null.

## Versions
Answers and lists of reasons may get more fields and values in later versions. Ignore those that you do not know.`

const tags: Readonly<Record<string, string>> = {
  token: 'Access tokens of the accounts that installed the app.',
  installation: 'Which accounts installed the app, and what they granted.',
  action: 'What can be run.',
  run: 'Background runs and their results.',
  artifact: 'Files of runs.',
  schedule: 'Runs that start at planned times.',
  delivery: 'How results reach their receivers.',
  receiver: 'Who may receive results.',
  filter: 'Saved choices of machines.',
  audit: 'What happened on an account.',
}

/** Parts of answers that have a name of their own, with what each is. */
const parts: ReadonlyArray<[z.ZodType, string, string]> = [
  [messageSchema, 'Message', 'A text of an action: a string, or an object whose `text` is the English text.'],
  [errorReasonSchema, 'Reason', 'Why something failed, from a closed list.'],
  [runSchema, 'Run', 'A background run. It has ended when `endedAt` is set; then `reason` says why it failed.'],
  [runProgressSchema, 'Progress', 'How far a run is. `total` and `secondsLeft` are null while they are unknown.'],
  [artifactSchema, 'Artifact', 'A file of a run. It is deleted at `keptUntil`.'],
  [deliverySchema, 'Delivery', 'How a result reached a receiver, or why it did not.'],
  [installationSchema, 'Installation', 'The app on an account. Tokens are issued while its state is `active`.'],
  [scheduleSchema, 'Schedule', 'When runs of an action start. `nextAt` is null while it is paused.'],
  [actionSchema, 'Action', 'An action, as an account sees it. `inputSchema` is the JSON Schema of its input.'],
  [auditEntrySchema, 'AuditEntry', 'What happened, when, and who did it.'],
  [resultRowSchema, 'Row', 'A row of a result: its machine, and its cells by the columns’ keys. Null is unknown.'],
  [resultColumnSchema, 'Column', 'A column of a result. `kind` says how its cells are read; numbers are metric.'],
  [resultChartSchema, 'Chart', 'The chart of a result. Null is a gap.'],
]

/** Parts of requests. */
const inputParts: ReadonlyArray<[z.ZodType, string, string]> = [
  [
    destinationSchema,
    'Destination',
    'Where a result goes: an email address, or an https address that gets a signed POST.',
  ],
  [machineFilterSchema, 'MachineFilter', 'Machines in any of these groups, sites and types; all of them by default.'],
]

/** How every error of a route looks. @see RFC 9457 */
const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('For people. Programs switch on `reason`.'),
  reason: z.string(),
  requestId: z.string().describe('The id under which the server logged the details.'),
  retryAfterMs: z
    .int()
    .optional()
    .describe('After how many milliseconds the same request may succeed; also as Retry-After, in seconds.'),
  issues: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('For `INPUT_INVALID`: which fields are wrong and how.'),
})

/**
 * The document from which clients in other languages are generated: the table of routes, with the schemas of the contract that
 * the server validates with. @see OpenAPI 3.1.1
 * @param serverUrl the server's public address
 */
export function openApiDocument({ serverUrl, version }: { serverUrl: string; version: string }) {
  const inputs = createSchemas('input', inputParts)
  const outputs = createSchemas('output', [...parts, [problemSchema, 'Problem', 'What every error looks like.']])
  const paths: Record<string, Record<string, object>> = {}
  for (const each of eachRestRoute) {
    const { name, route, contract } = each
    const operation = {
      operationId: route.id,
      tags: [name.split('.')[0]],
      summary: route.summary,
      ...(route.description !== undefined && { description: route.description }),
      ...requestOf(route, contract, inputs),
      responses: {
        200: {
          description: route.answer,
          content: { 'application/json': { schema: outputs.refer(contract.output, route.answer) } },
        },
        ...refusalsByStatus(refusalsOf(each)),
      },
    }
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation }
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Standin', version, description: about },
    servers: [{ url: serverUrl }],
    security: [{ serviceKey: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        serviceKey: {
          type: 'http',
          scheme: 'bearer',
          description: '`sk_standin_…`, as `standin keys create` printed it.',
        },
      },
      schemas: { ...inputs.all(), ...outputs.all() },
    },
  }
}

/** Which fields of the input go into the path, the query and the body. */
function requestOf(route: RestRoute, contract: ProcedureContract, inputs: ReturnType<typeof createSchemas>): object {
  const { shape } = contract.input as z.ZodObject
  const ofPath = pathFields(route)
  const left = Object.keys(shape).filter((field) => !ofPath.includes(field))
  const parameter = (field: string, place: 'path' | 'query') => {
    const type = shape[field] as z.ZodType
    const schema = inputs.inline(type)
    const isObject = schema.type === 'object' || 'anyOf' in schema
    return {
      name: field,
      in: place,
      required: !type.safeParse(undefined).success,
      ...(isObject && { style: 'deepObject', explode: true }),
      schema,
    }
  }
  const parameters = [
    ...ofPath.map((field) => parameter(field, 'path')),
    ...(route.method === 'GET' ? left.map((field) => parameter(field, 'query')) : []),
  ]
  const body = route.method !== 'GET' && left.length > 0 ? z.strictObject(pick(shape, left)) : undefined
  const name = route.id[0]?.toUpperCase() + route.id.slice(1)
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: inputs.refer(body, name) } } },
    }),
  }
}

const pick = (shape: z.ZodObject['shape'], fields: readonly string[]) =>
  Object.fromEntries(fields.map((field) => [field, shape[field] as z.ZodType]))

/** Schemas by name, which refer to each other by these names. */
function createSchemas(io: 'input' | 'output', named: ReadonlyArray<[z.ZodType, string, string]>) {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of named) registry.add(schema, { id })
  const uri = (id: string) => `#/components/schemas/${id}`
  const options = {
    ...({ io, target: 'draft-2020-12', uri } as const),
    override: io === 'input' ? nameDefault : allowMore,
  }
  return {
    /** @returns a reference to the schema, under its existing name or this one */
    refer(schema: z.ZodType, id: string): { $ref: string } {
      const known = registry.get(schema)
      if (!known) registry.add(schema, { id })
      return { $ref: uri(known?.id ?? id) }
    },
    inline(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
      const { $schema, ...rest } = z.toJSONSchema(schema, options)
      return rest
    },
    all(): Record<string, object> {
      const { schemas } = z.toJSONSchema(registry, options)
      return Object.fromEntries(
        Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => {
          const description = named.find(([, name]) => name === id)?.[2]
          return [id, { ...(description !== undefined && { description }), ...withDescriptions(id, schema) }]
        }),
      )
    },
  }
}

/** A reference has its description beside it, where generators look for it. */
function withDescriptions(id: string, schema: z.core.JSONSchema.BaseSchema): z.core.JSONSchema.BaseSchema {
  const words = Object.entries(fieldDescriptions[id] ?? {}).map(([field, description]) => {
    const given = schema.properties?.[field]
    if (typeof given !== 'object') throw new Error(`there is no field ${id}.${field} to describe`)
    return [field, { ...given, description: [description, given.description].filter(Boolean).join(' ') }]
  })
  return words.length > 0 ? { ...schema, properties: { ...schema.properties, ...Object.fromEntries(words) } } : schema
}

interface Overridden {
  jsonSchema: z.core.JSONSchema.BaseSchema
}

/** Answers may get more fields: a client that refuses unknown ones would break with the next version. */
function allowMore({ jsonSchema }: Overridden): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
}

/** As text: generators make a field with a `default` required. */
function nameDefault({ jsonSchema }: Overridden): void {
  if (jsonSchema.default === undefined) return
  const words = `By default ${JSON.stringify(jsonSchema.default)}.`
  jsonSchema.description = jsonSchema.description ? `${jsonSchema.description} ${words}` : words
  delete jsonSchema.default
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
