import { Validator } from '@cfworker/json-schema'
import type { Action } from '@standin/client'

/** Whether an action still accepts what an earlier run was started with: its form may have changed since. */
export const acceptsInput = ({ inputSchema }: Pick<Action, 'inputSchema'>, input: unknown): boolean =>
  new Validator(inputSchema as ConstructorParameters<typeof Validator>[0], '2020-12').validate(input).valid
