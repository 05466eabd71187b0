import { Validator } from '@cfworker/json-schema'
import type { Action } from '@standin/client'

/** Whether an action still accepts the input of an earlier run: its form may have changed. */
export const acceptsInput = ({ inputSchema }: Pick<Action, 'inputSchema'>, input: unknown): boolean =>
  new Validator(inputSchema as ConstructorParameters<typeof Validator>[0], '2020-12').validate(input).valid
