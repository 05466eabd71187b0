import { type Installation, procedures } from '@standin/contracts'
import type { Contracted } from '../http/trpc.ts'

interface Dependencies {
  contracted: Contracted
  getInstallation: (accountId: string) => Promise<Installation>
}

export function createInstallationProcedures({ contracted, getInstallation }: Dependencies) {
  return {
    get: contracted.call(procedures.installation.get).query(({ ctx }) => getInstallation(ctx.accountId)),
  }
}
