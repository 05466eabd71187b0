import { Validator } from '@seriousme/openapi-schema-validator'
import { type ErrorReason, errorReasons, procedures } from '@standin/contracts'
import { expect, test } from 'vitest'
import { fieldDescriptions } from './field-descriptions.ts'
import { openApiDocument } from './openapi.ts'
import { eachRestRoute, pathFields } from './rest-routes.ts'

const document = openApiDocument({ serverUrl: 'https://standin.example.com', version: '1.2.3' })
interface Operation {
  operationId: string
  summary: string
  parameters?: Array<{ name: string; in: string; required: boolean; style?: string }>
  requestBody?: { content: { 'application/json': { schema: { $ref: string } } } }
  responses: Record<
    string,
    { content: Record<string, { schema: { $ref: string; properties: { reason: { enum: string[] } } } }> }
  >
}
const operation = (method: string, path: string) => document.paths[path]?.[method] as Operation
const schemas = document.components.schemas as Record<string, { description?: string; properties?: object }>

test('the document is valid OpenAPI; a broken one is not', async () => {
  const validator = new Validator()
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
  const { paths, ...broken } = structuredClone(document)
  const wrong = { ...broken, paths: { 'v1/token': paths['/v1/token'] } }
  expect(await new Validator().validate(wrong)).toMatchObject({ valid: false })
})

test('each procedure that a service may call, and that is no stream, has one route', () => {
  const expected = Object.entries(procedures).flatMap(([noun, named]) =>
    Object.entries(named).flatMap(([name, { kind, callers }]) =>
      kind !== 'subscription' && callers.some((caller: string) => caller === 'service') ? `${noun}.${name}` : [],
    ),
  )
  expect(eachRestRoute.map(({ name }) => name).toSorted()).toEqual(expected.toSorted())
  const addresses = eachRestRoute.map(({ route: { method, path } }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
  expect(new Set(addresses).size).toBe(eachRestRoute.length)
  expect(new Set(eachRestRoute.map(({ route }) => route.id)).size).toBe(eachRestRoute.length)
  for (const { name, route, contract } of eachRestRoute) {
    for (const field of pathFields(route)) expect(contract.input, name).toHaveProperty(['shape', field])
    expect(route.method === 'GET' ? contract.kind : 'any', name).toMatch(/query|any/) // A GET changes nothing.
  }
})

test('describes inputs and answers by the schemas that the server validates with', () => {
  expect(schemas.IssueToken).toMatchObject({ required: ['accountId'], additionalProperties: false })
  expect(Object.keys(schemas.IssuedToken?.properties ?? {})).toEqual([
    'accessToken',
    'tokenType',
    'expiresAt',
    'expiresInMs',
    'cacheForMs',
    'scopes',
  ])
  const list = operation('get', '/v1/accounts/{accountId}/runs')
  expect(list.parameters?.map((each) => [each.name, each.in, each.required])).toEqual([
    ['accountId', 'path', true],
    ['actionId', 'query', false],
    ['states', 'query', false],
    ['scheduleId', 'query', false],
    ['previewRunId', 'query', false],
    ['cursor', 'query', false],
    ['limit', 'query', false],
  ])
  expect(list.responses[200]?.content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/RunPage' })
  expect(JSON.stringify(schemas.RunPage)).toContain('"$ref":"#/components/schemas/Run"')
  expect(schemas.StartRun?.properties).not.toHaveProperty('accountId') // It stands in the path.
  const { parameters = [] } = operation('get', '/v1/runs/{runId}/result')
  expect(parameters.filter(({ style }) => style === 'deepObject').map(({ name }) => name)).toEqual([
    'filter',
    'within',
    'sort',
  ])
})

test('answers may get more fields: no schema of one refuses them', () => {
  for (const name of ['Run', 'RunPage', 'Installation', 'IssuedToken', 'Problem', 'ResultPage'])
    expect(JSON.stringify(schemas[name]), name).not.toContain('"additionalProperties":false')
})

test('every reference leads to a schema, and none to another file', () => {
  for (const [, target = ''] of JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)) {
    expect(target).toMatch(/^#\/components\/schemas\/\w+$/)
    expect(schemas).toHaveProperty(target.split('/').at(-1) ?? '')
  }
})

test('each status lists its possible reasons', () => {
  const { responses } = operation('post', '/v1/token')
  const reasonsOf = (status: number) =>
    responses[status]?.content['application/problem+json']?.schema.properties.reason.enum
  expect(reasonsOf(401)).toEqual(['UNAUTHENTICATED'])
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '400', '403', '404', '429', '503']))
  for (const paths of Object.values(document.paths))
    for (const { responses } of Object.values(paths) as Operation[])
      for (const [status, { content }] of Object.entries(responses))
        for (const reason of content['application/problem+json']?.schema.properties.reason.enum ?? [])
          expect(errorReasons[reason as ErrorReason].http).toBe(Number(status))
})

test('says how a rejected token is reported, and describes every route and part', () => {
  expect(document.info.description).toMatch(/## A rejected token[\s\S]*rejectedFingerprint[\s\S]*TRACKUNIT_REFUSED/)
  for (const paths of Object.values(document.paths))
    for (const { summary } of Object.values(paths) as Operation[]) expect(summary).toMatch(/^[A-Z].*[^.]$/)
  expect(schemas.Run?.properties).toMatchObject({ retryOf: { description: 'The run that it repeats.' } })
  for (const [name, fields] of Object.entries(fieldDescriptions))
    expect(schemas[name]?.properties, name).toMatchObject(
      Object.fromEntries(
        Object.entries(fields).map(([field, words]) => [field, { description: expect.stringContaining(words) }]),
      ),
    )
  for (const name of ['Run', 'Schedule', 'Installation', 'Row', 'Problem'])
    expect(schemas[name]?.description).toMatch(/\.$/)
})
