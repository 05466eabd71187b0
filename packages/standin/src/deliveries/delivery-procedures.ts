import { procedures } from '@standin/contracts'
import type { Context } from '../context.ts'
import type { Contracted } from '../http/trpc.ts'
import { showSigningSecret } from './signing-secret.ts'

export function deliveryProcedures(ctx: Context, contracted: Contracted) {
  return {
    signingSecret: contracted
      .call(procedures.delivery.signingSecret)
      .query(({ ctx: { caller, accountId } }) => showSigningSecret(ctx, caller, accountId)),
  }
}
