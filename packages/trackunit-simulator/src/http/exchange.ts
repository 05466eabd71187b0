import type { FastifyReply, FastifyRequest } from 'fastify'
import { Kind, parse } from 'graphql'
import { outlineOf } from '../api/graphql/complexity.ts'
import type { EndpointName } from '../faults.ts'
import type { SeenMessage } from '../masked.ts'

const shownHeaders = ['authorization', 'user-agent', 'accept', 'content-type', 'retry-after', 'www-authenticate']

/** What is requested, in the endpoint's own words. */
export function operationOf(endpoint: EndpointName, request: FastifyRequest): string | null {
  const body = typeof request.body === 'string' ? request.body : ''
  if (endpoint === 'apptoken') return new URLSearchParams(body).get('scope')
  if (endpoint !== 'graphql') return request.url === request.routeOptions.url ? null : decodedPath(request.url)
  try {
    const { query, variables, operationName } = JSON.parse(body)
    const document = parse(query)
    const { type, rootFields } = outlineOf(document, variables ?? {}, operationName ?? null)
    const named = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION)?.name?.value
    return [type, operationName ?? named, rootFields.map(({ name }) => name).join(', ')].filter(Boolean).join(' ')
  } catch {
    return 'not understood'
  }
}

function decodedPath(url: string): string {
  try {
    return decodeURI(url)
  } catch {
    return url
  }
}

/** What an answer says is wrong: the errors of GraphQL, also beside data, or the message of an error. */
export function problemOf(body: string | null): string | null {
  const content = body === null ? undefined : parsed(body)
  if (typeof content !== 'object' || content === null) return null
  if ('errors' in content && Array.isArray(content.errors)) return errorsInWords(content.errors)
  for (const name of ['error_description', 'errorSummary', 'message'])
    if (name in content) return String(content[name as keyof typeof content])
  return null
}

function errorsInWords(errors: unknown[]): string | null {
  const messages = [...new Set(errors.map((error) => String((error as { message?: unknown })?.message)))]
  if (messages.length === 0) return null
  const more = errors.length > 1 ? `${errors.length} errors: ` : ''
  return `${more}${messages.slice(0, 2).join(' ')}${messages.length > 2 ? ' …' : ''}`
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

export function requestMessage(request: FastifyRequest): SeenMessage {
  const body = typeof request.body === 'string' && request.body !== '' ? request.body : null
  return { address: `${request.method} ${request.url}`, headers: chosen(request.headers), body }
}

export const answerMessage = (reply: FastifyReply, body: string | null): SeenMessage => ({
  headers: chosen(reply.getHeaders()),
  body,
})

function chosen(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    shownHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  )
}
