import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { openApiDocument } from './openapi.ts'

const document = openApiDocument({ serverUrl: 'https://standin.example.com', version: '1.2.3' })

test('the document is valid OpenAPI; a broken one is not', async () => {
  const validator = new Validator()
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
  const { paths, ...broken } = structuredClone(document)
  const wrong = { ...broken, paths: { 'v1/token': paths['/v1/token'] } }
  expect(await new Validator().validate(wrong)).toMatchObject({ valid: false })
})

test('requests and answers are described by the schemas that the server validates with', () => {
  const { IssueToken, IssuedToken } = document.components.schemas
  expect(IssueToken).toMatchObject({ required: ['accountId'], additionalProperties: false })
  expect(Object.keys(IssuedToken.properties ?? {})).toEqual([
    'accessToken',
    'tokenType',
    'expiresAt',
    'expiresInMs',
    'cacheForMs',
    'scopes',
  ])
})

test('each status lists its possible reasons', () => {
  const responses: Record<number, object> = document.paths['/v1/token'].post.responses
  expect(responses[401]).toMatchObject({
    content: { 'application/problem+json': { schema: { properties: { reason: { enum: ['UNAUTHENTICATED'] } } } } },
  })
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '400', '403', '404', '429', '503']))
})
