import type { TokensContext } from '../tokens-context.ts'

/** Records the hand-outs of an outage of the database. @returns false: there is no more */
export async function drainSpool({ watch, tokens, audit, metrics, log }: TokensContext): Promise<boolean> {
  if (watch.isDown()) return false
  const { recorded, unreadable } = await tokens.spool.drain(async (handOut) => {
    await audit.recordSpooled(handOut)
    metrics.countHandOut('spool')
  })
  if (recorded > 0) log.info({ recorded }, 'hand-outs of a database outage are recorded')
  if (unreadable > 0) log.error({ unreadable }, 'lines of the hand-out spool cannot be read')
  return false
}
