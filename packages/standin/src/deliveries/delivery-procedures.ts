import { procedures } from '@standin/contracts'
import type { Contracted } from '../http/trpc.ts'
import type { createShowSigningSecret } from './show-signing-secret.ts'

interface Dependencies {
  contracted: Contracted
  showSigningSecret: ReturnType<typeof createShowSigningSecret>
}

export function createDeliveryProcedures({ contracted, showSigningSecret }: Dependencies) {
  return {
    signingSecret: contracted
      .call(procedures.delivery.signingSecret)
      .query(({ ctx: { caller, accountId } }) => showSigningSecret(caller, accountId)),
  }
}
