import { z } from 'zod'
import type { AnyAction } from '../actions/define-action.ts'

/** The app translates the choice of machines itself. */
const translatedByTheApp = ['machines']

/**
 * The texts of an action's form that are missing in a language of its `messages`, such as `da: input.days`. They are shown in
 * English. Empty if the action declares no other language.
 */
export function missingTranslations({ input, plan, messages = {} }: AnyAction): string[] {
  const form = Object.entries(z.toJSONSchema(input, { io: 'input' }).properties ?? {})
  const ofFields = form.flatMap(([field, schema]) => {
    if (typeof schema !== 'object' || translatedByTheApp.includes(field)) return []
    const { description, enum: choices = [], items } = schema
    const several = typeof items === 'object' && !Array.isArray(items) ? (items.enum ?? []) : []
    return [
      `input.${field}`,
      ...(description === undefined ? [] : [`input.${field}.description`]),
      ...[...choices, ...several].map((choice) => `input.${field}.${choice}`),
    ]
  })
  const keys = ['title', 'description', ...(plan === undefined ? [] : ['plan']), ...ofFields]
  return Object.entries(messages)
    .filter(([language]) => language !== 'en')
    .flatMap(([language, said]) => keys.filter((key) => !Object.hasOwn(said, key)).map((key) => `${language}: ${key}`))
}
