import { Validator } from '@cfworker/json-schema'
import type { Formats } from '../formats/create-formats.ts'
import type { Texts } from '../texts/en.ts'
import { type FormField, type FormValues, inputOf, type Schema } from './schema-fields.ts'

/**
 * The errors of an input, by field, in words. The action's own schema decides, with a validator that generates no code, since the
 * page's policy forbids `eval`.
 */
export function createInputProblems(
  { schema, fields }: { schema: Schema; fields: readonly FormField[] },
  { texts, formats }: { texts: Texts; formats: Formats },
) {
  const validator = new Validator(schema as ConstructorParameters<typeof Validator>[0], '2020-12', false)
  const words = texts.form.invalid

  return (values: FormValues): Record<string, string> => {
    const { errors } = validator.validate(inputOf(fields, values))
    const problems: Record<string, string> = {}
    const say = (key: string, problem: string) => {
      problems[key] ??= problem
    }

    for (const { keyword, instanceLocation, error } of errors) {
      if (keyword === 'required') {
        const key = /"([^"]+)"/.exec(error)?.[1]
        if (key) say(key, words.required)
        continue
      }
      const key = instanceLocation.split('/')[1]
      const field = fields.find((one) => one.key === key)
      // An error inside a field is also reported for its parent ("properties", "items"): only the inner one is useful.
      if (field && !parents.includes(keyword)) say(field.key, problemOf(field, keyword, { texts, formats }))
    }
    if (Object.keys(problems).length === 0 && errors.length > 0) {
      const key = errors[0]?.instanceLocation.split('/')[1]
      if (key) say(key, words.other)
    }
    return problems
  }
}

const parents = ['properties', 'items', 'additionalProperties', 'allOf']

function problemOf(field: FormField, keyword: string, { texts, formats }: { texts: Texts; formats: Formats }): string {
  const words = texts.form.invalid
  if (field.kind === 'number') {
    if (keyword === 'type') return field.whole ? words.whole : words.number
    const { least, most } = field
    if (least !== undefined && most !== undefined) return words.between(formats.number(least), formats.number(most))
    if (least !== undefined) return words.atLeast(formats.number(least))
    if (most !== undefined) return words.atMost(formats.number(most))
  }
  if (field.kind === 'choices' && keyword === 'minItems') return words.pickOne
  if (field.kind === 'text') {
    if (keyword === 'maxLength' && field.longest !== undefined) return words.tooLong(formats.number(field.longest))
    if (keyword === 'minLength') return words.required
    return words.pattern
  }
  return words.other
}
