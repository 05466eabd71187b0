import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type DocumentNode, GraphQLError, parse } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import type { Behaviour } from '../../behaviour.ts'
import type { Fleet } from '../../fleet/fleets.ts'
import { endpointLabel } from '../../http/endpoint.ts'
import { managerNotFoundPage } from '../../http/not-found-page.ts'
import type { Journal } from '../../journal.ts'
import type { ApiUser } from '../../sign-in/access-tokens.ts'
import { planRequired } from '../rest/documented-error.ts'
import { complexityOf, outlineOf, pointsPerQuery } from './complexity.ts'
import { whatIsWrong } from './documented-query.ts'
import type { PointsBudget } from './points-budget.ts'
import { type GraphqlContext, resolvers } from './resolvers.ts'
import { typeDefinitions } from './schema.ts'

type GraphqlDependencies = {
  apiUserOf: (request: FastifyRequest, reply: FastifyReply) => Promise<ApiUser | undefined>
  fleetOf: (accountId: string) => Fleet
  dismissEvent: (accountId: string, eventId: string) => Promise<boolean>
  budget: PointsBudget
  behaviour: Behaviour
  journal: Journal
  now: () => number
}

type GraphqlRequest = { query: string; variables: Record<string, unknown>; operationName: string | null }

/** [doc] 50 to 100 per page are recommended. */
const recommendedPage = 100

type Yoga = ReturnType<typeof yogaOf>
type GraphqlRoutes = GraphqlDependencies & { withGroups: Yoga; withoutGroups: Yoga }

/** [doc] `POST /api/graphql/`. [seen] The trailing slash is required. */
export function graphqlRoutes(app: FastifyInstance, dependencies: GraphqlDependencies) {
  const routes = { ...dependencies, withGroups: yogaOf(true), withoutGroups: yogaOf(false) }
  app.all('/api/graphql', { config: { endpoint: 'graphql' } }, async (request, reply) => {
    const detail = 'The trailing slash is missing.'
    dependencies.journal.violation('graphql-trailing-slash', { endpoint: endpointLabel(request), detail })
    return notFound(reply, detail)
  })
  app.post('/api/graphql/', { config: { endpoint: 'graphql' } }, (request, reply) => answer(routes, request, reply))
}

function yogaOf(hasGroups: boolean) {
  return createYoga<GraphqlContext>({
    schema: createSchema<GraphqlContext>({
      typeDefs: typeDefinitions({ hasGroups }),
      resolvers: hasGroups ? resolvers : withoutGroups(resolvers),
    }),
    graphqlEndpoint: '/api/graphql/',
    maskedErrors: false,
    landingPage: false,
    graphiql: false,
    logging: false,
  })
}

async function answer(routes: GraphqlRoutes, request: FastifyRequest, reply: FastifyReply) {
  const { apiUserOf, behaviour, journal } = routes
  const endpoint = endpointLabel(request)
  const apiUser = await apiUserOf(request, reply)
  if (!apiUser) return reply

  const asked = readRequest(request)
  if (!asked) {
    const detail = 'The body is not a GraphQL request in JSON.'
    journal.violation('graphql-json-body', { endpoint, detail })
    return reply.code(400).send(errorsOnly(new GraphQLError(detail, { extensions: { code: 'BAD_REQUEST' } })))
  }

  const wrong = whatIsWrong(asked)
  if (wrong) journal.violation('graphql-valid', { endpoint, detail: wrong })
  const document = parsed(asked.query)
  const outline = document && outlineOf(document, asked.variables, asked.operationName)
  if (!hasScopes(apiUser, outline?.type)) return notFound(reply, 'the token lacks the scope')
  if (behaviour.plan !== 'irisx') return refusedByPlan(behaviour, reply)

  const large = outline?.rootFields.find(({ first }) => (first ?? 0) > recommendedPage)
  if (large) {
    const detail = `More than ${recommendedPage} of ${large.name === 'sites' ? 'sites' : 'assets'} in one page.`
    journal.violation('graphql-page-size', { endpoint, detail })
  }

  const cost = document ? complexityOf(document, asked.variables, asked.operationName) : 1
  if (cost > pointsPerQuery) {
    journal.violation('graphql-complexity', { endpoint, detail: `${cost} points in one query.` })
    return reply.send(errorsOnly(tooComplex(cost)))
  }
  const spending = spend(routes, { apiUser, cost, endpoint })
  if (!spending.isAllowed) {
    reply.note = `RATE_LIMITED, resetIn ${spending.resetInMs} ms`
    return reply.send(errorsOnly(rateLimited(spending.resetInMs)))
  }

  reply.note = `${outline?.type ?? 'not understood'}, cost ${cost}`
  return execute(routes, { asked, apiUser, spending, request, reply })
}

/** Spends the points of a query, and reports a caller that ignored the advice of earlier answers. */
function spend(
  { budget, journal }: GraphqlRoutes,
  { apiUser, cost, endpoint }: { apiUser: ApiUser; cost: number; endpoint: string },
) {
  const spending = budget.spend(apiUser.clientId, cost)
  if (spending.wasToldToStop) {
    const detail = `${cost} points, with fewer than ten times as many left.`
    journal.violation('graphql-points-left', { endpoint, detail })
  }
  if (!spending.isAllowed && spending.wasToldToWait) {
    const detail = `Asked again ${spending.resetInMs} ms before resetIn was over.`
    journal.violation('wait-after-rate-limit', { endpoint, detail })
  }
  return spending
}

async function execute(
  routes: GraphqlRoutes,
  {
    asked,
    apiUser,
    spending,
    request,
    reply,
  }: Pick<GraphqlContext, 'spending'> & {
    asked: GraphqlRequest
    apiUser: ApiUser
    request: FastifyRequest
    reply: FastifyReply
  },
) {
  const yoga = routes.behaviour.assetGroups ? routes.withGroups : routes.withoutGroups
  const executed = await yoga.fetch(
    'http://trackunit/api/graphql/',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(asked),
    },
    {
      fleet: routes.fleetOf(apiUser.accountId),
      now: routes.now(),
      spending,
      partialData: request.partialData === true,
      hasVanished: request.hasVanished === true,
      dismissEvent: (eventId: string) => routes.dismissEvent(apiUser.accountId, eventId),
    },
  )
  return reply
    .code(executed.status)
    .type('application/json; charset=utf-8')
    .send(await executed.text())
}

function notFound(reply: FastifyReply, note: string) {
  reply.note = note
  return reply.code(404).type('text/html; charset=utf-8').send(managerNotFoundPage)
}

/** [doc] A plan without GraphQL refuses a token with the right scope; in which form is our choice. */
function refusedByPlan({ planRefusal }: Behaviour, reply: FastifyReply) {
  const note = 'the plan has no GraphQL'
  if (planRefusal === 'page') return notFound(reply, note)
  reply.note = note
  if (planRefusal === 'forbidden') return reply.code(403).send(planRequired())
  return reply.send(errorsOnly(new GraphQLError(planRequired().message, { extensions: { code: 'PLAN_REQUIRED' } })))
}

function withoutGroups({ Asset: { groups: _, ...Asset }, ...others }: typeof resolvers) {
  return { ...others, Asset }
}

/** [seen] Without the scope the gateway answers as if the address did not exist. */
function hasScopes({ scopes }: ApiUser, operation: string | undefined): boolean {
  return scopes.includes(operation === 'mutation' ? 'account.event.manage' : 'asset.view')
}

function readRequest(request: FastifyRequest): GraphqlRequest | undefined {
  if (!/^application\/(graphql\+)?json\b/i.test(request.headers['content-type'] ?? '')) return undefined
  try {
    const body = JSON.parse(String(request.body))
    if (typeof body?.query !== 'string') return undefined
    return { query: body.query, variables: body.variables ?? {}, operationName: body.operationName ?? null }
  } catch {
    return undefined
  }
}

/** `undefined` for what is not GraphQL; yoga tells the caller why. */
function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query)
  } catch {
    return undefined
  }
}

function tooComplex(cost: number) {
  return new GraphQLError(`The query costs ${cost} points; ${pointsPerQuery} are allowed.`, {
    extensions: { code: 'QUERY_COMPLEXITY_REACHED' },
  })
}

function rateLimited(resetInMs: number) {
  return new GraphQLError('Too many complexity points in this window.', {
    extensions: { code: 'RATE_LIMITED', resetIn: resetInMs },
  })
}

function errorsOnly(error: GraphQLError) {
  return { errors: [error.toJSON()], data: null }
}
