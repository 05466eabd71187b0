import { type Actor, record } from '../../audit/record.ts'
import type { TokensContext } from '../tokens-context.ts'

const actor: Actor = { kind: 'system', id: 'spool' }

/**
 * Records the hand-outs of an outage of the database. A line that cannot be recorded is set aside, so that it does not delay
 * the others: it is named in the log and the audit, counted, and kept in `set-aside.jsonl` beside the spool.
 * @returns false: there is no more
 */
export async function drainSpool(ctx: TokensContext): Promise<boolean> {
  const { watch, tokens, audit, metrics, log } = ctx
  if (watch.isDown()) return false
  const { recorded, setAside } = await tokens.spool.drain({
    async record(handOut) {
      await audit.recordSpooled(handOut)
      metrics.countHandOut('spool')
    },
    async setAside({ name }) {
      await record(ctx, { actor, event: 'hand-out.set-aside', details: { line: name } })
      metrics.countHandOut('set-aside')
    },
  })
  if (recorded > 0) log.info({ recorded }, 'hand-outs of a database outage are recorded')
  if (setAside.length > 0)
    log.error(
      { lines: setAside },
      'hand-outs of a database outage cannot be recorded: see set-aside.jsonl in the spool',
    )
  return false
}
