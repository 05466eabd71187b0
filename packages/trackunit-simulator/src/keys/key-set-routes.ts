import type { FastifyInstance } from 'fastify'
import type { KeyRing } from './key-ring.ts'

type KeySets = { marketplace: KeyRing; userTokens: KeyRing }

/** [doc] `/api/marketplace/jwks`; the address for user tokens is our choice, and its keys are other ones. */
export function keySetRoutes(app: FastifyInstance, { marketplace, userTokens }: KeySets) {
  app.get('/api/marketplace/jwks', { config: { endpoint: 'jwks' } }, async () => marketplace.published())
  app.get('/user-tokens/jwks', { config: { endpoint: 'userTokensJwks' } }, async () => userTokens.published())
}
