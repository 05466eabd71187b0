import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Behaviour } from '../behaviour.ts'
import { endpointLabel } from '../http/endpoint.ts'
import type { Journal } from '../journal.ts'
import type { AppManifest } from '../manifest.ts'
import type { StateStore } from '../state.ts'
import type { AccessTokens } from './access-tokens.ts'
import { grantScopes } from './grant-scopes.ts'
import { readTokenRequest, refusal, type TokenRefusal } from './token-request.ts'

type ApptokenDependencies = {
  manifest: AppManifest
  behaviour: Behaviour
  store: StateStore
  accessTokens: AccessTokens
  journal: Journal
  now: () => number
}

/** [doc] `POST /apptoken`: form-encoded client credentials in, a bearer token out. */
export function apptokenRoute(app: FastifyInstance, dependencies: ApptokenDependencies) {
  const { manifest, behaviour, store, accessTokens, journal, now } = dependencies

  function knownClient(clientId: string, clientSecret: string) {
    const client = store.state.clients[clientId]
    if (client) journal.countExchange(clientId)
    return client && client.clientSecret === clientSecret && client.worksFrom <= now() ? client : undefined
  }

  function refuse(reply: FastifyReply, refused: TokenRefusal) {
    if (refused.broken) journal.violation(refused.broken, { endpoint: 'POST /apptoken', detail: refused.description })
    reply.note = refused.error
    reply.code(refused.status)
    if (behaviour.tokenErrorForm === 'oauth') {
      return reply.send({ error: refused.error, error_description: refused.description })
    }
    if (refused.status === 401) reply.header('www-authenticate', 'Basic realm="trackunit"')
    return reply.send({ errorCode: refused.error, errorSummary: refused.description, errorCauses: [] })
  }

  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/apptoken',
    config: { endpoint: 'apptoken' },
    handler: async (request, reply) => {
      const detail = 'Tokens are asked for with POST.'
      journal.violation('method-not-allowed', { endpoint: endpointLabel(request), detail })
      return reply.code(405).header('allow', 'POST').send({ error: 'invalid_request', error_description: detail })
    },
  })

  app.post('/apptoken', { config: { endpoint: 'apptoken' } }, async (request, reply) => {
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
    const asked = readTokenRequest({
      query: new URL(request.url, 'http://trackunit').searchParams,
      contentType: request.headers['content-type'],
      authorization: request.headers.authorization,
      body: typeof request.body === 'string' ? request.body : '',
    })
    if (asked.type === 'refusal') return refuse(reply, asked)

    const client = knownClient(asked.clientId, asked.clientSecret)
    if (!client) return refuse(reply, refusal('invalid_client', 'The client is unknown, or its secret is wrong.'))

    const granted = grantScopes(client, asked.scopes, { manifest, deniedScopes: behaviour.deniedScopes })
    if (!Array.isArray(granted)) return refuse(reply, granted)

    reply.note = `${granted.length} scopes`
    return reply.send({
      token_type: 'Bearer',
      ...lifetime(behaviour),
      access_token: await accessTokens.issue(client, granted),
      scope: granted.join(' '),
    })
  })
}

function lifetime({ expiresInForm, tokenLifetimeS }: Behaviour) {
  switch (expiresInForm) {
    case 'number':
      return { expires_in: tokenLifetimeS }
    case 'text':
      return { expires_in: String(tokenLifetimeS) }
    case 'absent':
      return {}
  }
}
