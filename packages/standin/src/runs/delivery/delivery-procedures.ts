import { procedures } from '@standin/contracts'
import type { Contracted } from '../../http/trpc.ts'
import type { Secret } from '../../observability/secret.ts'

interface Dependencies {
  contracted: Contracted
  signingSecretOf: (accountId: string) => Promise<Secret>
}

export function createDeliveryProcedures({ contracted, signingSecretOf }: Dependencies) {
  return {
    signingSecret: contracted
      .call(procedures.delivery.signingSecret)
      .query(async ({ ctx: { accountId } }) => ({ signingSecret: (await signingSecretOf(accountId)).reveal() })),
  }
}
