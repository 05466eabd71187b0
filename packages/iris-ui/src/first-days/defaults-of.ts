import type { Action } from '@standin/client'
import { inputOf, schemaFields, valuesOf } from '../forms/schema-fields.ts'

/** What its form would send if nobody changed anything, so that later runs of it can say what is new. */
export function defaultsOf({ inputSchema }: Pick<Action, 'inputSchema'>): Record<string, unknown> {
  const fields = schemaFields(inputSchema)
  return inputOf(fields, valuesOf(fields, inputSchema, undefined))
}
