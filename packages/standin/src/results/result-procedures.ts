import { procedures } from '@standin/contracts'
import type { Contracted } from '../http/trpc.ts'
import type { createReadResult } from './read-result.ts'

interface Dependencies {
  contracted: Contracted
  readResult: ReturnType<typeof createReadResult>
}

/** Of the noun `run`, beside those of `run-procedures.ts`. */
export function createResultProcedures({ contracted, readResult }: Dependencies) {
  return { result: contracted.call(procedures.run.result).query(({ ctx, input }) => readResult(ctx.caller, input)) }
}
