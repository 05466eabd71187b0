import type { Action } from '@standin/client'
import { inputOf, schemaFields, valuesOf } from '../forms/schema-fields.ts'

/** The input of an unchanged form, so that later runs with the same input can say what is new. */
export function defaultsOf({ inputSchema }: Pick<Action, 'inputSchema'>): Record<string, unknown> {
  const fields = schemaFields(inputSchema)
  return inputOf(fields, valuesOf(fields, inputSchema, undefined))
}
