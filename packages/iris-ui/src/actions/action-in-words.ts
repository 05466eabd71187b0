import type { Action } from '@standin/client'
import { readable } from '../formats/readable.ts'
import type { Texts } from '../texts/en.ts'

type Schema = Record<string, unknown>

/** An action with its form in the reader's language, in English where it has no messages in it. */
export function actionInWords(action: Action, { ofAction }: Pick<Texts, 'ofAction'>): Action {
  const say = (key: string, text: string) => ofAction(action.id, { key, text, values: {} })
  const { properties } = action.inputSchema
  return {
    ...action,
    title: say('title', action.title),
    description: say('description', action.description),
    missingPlan: action.missingPlan && say('plan', action.missingPlan),
    inputSchema: {
      ...action.inputSchema,
      ...(isSchema(properties) && {
        properties: Object.fromEntries(
          Object.entries(properties).map(([field, schema]) => [field, fieldInWords(schema, `input.${field}`, say)]),
        ),
      }),
    },
  }
}

function fieldInWords(schema: unknown, key: string, say: (key: string, text: string) => string): unknown {
  if (!isSchema(schema)) return schema
  const { title, description, enum: choices, items, 'x-labels': labels } = schema
  const values: unknown[] = Array.isArray(choices)
    ? choices
    : isSchema(items) && Array.isArray(items.enum)
      ? items.enum
      : []
  const labelOf = (value: string) =>
    isSchema(labels) && typeof labels[value] === 'string' ? labels[value] : readable(value)
  return {
    ...schema,
    ...(typeof title === 'string' && { title: say(key, title) }),
    ...(typeof description === 'string' && { description: say(`${key}.description`, description) }),
    ...(values.length > 0 && {
      'x-labels': Object.fromEntries(
        values.map(String).map((value) => [value, say(`${key}.${value}`, labelOf(value))]),
      ),
    }),
  }
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null
