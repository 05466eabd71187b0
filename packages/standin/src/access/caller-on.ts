import type { AccessContext } from './access-context.ts'
import type { Caller } from './caller.ts'

/** A caller with what they may do on one account. Not a promise if that was read just now. */
export function callerOn(
  { access: { keys } }: Pick<AccessContext, 'access'>,
  caller: Caller,
  accountId: string,
): Caller | Promise<Caller> {
  return caller.kind === 'service' ? keys.on(caller, accountId) : caller
}
