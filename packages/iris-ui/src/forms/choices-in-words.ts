import type { Formats } from '../formats/create-formats.ts'
import type { Texts } from '../texts/en.ts'
import { type FormField, type Option, type Schema, schemaFields, valuesOf } from './schema-fields.ts'

interface Around {
  texts: Texts
  formats: Formats
  /** Includes values that equal the defaults. */
  ofDefault: boolean
}

/** The chosen values of an action's form, by label, without the machines. */
export function choicesInWords(input: Record<string, unknown>, schema: Schema, around: Around): [string, string][] {
  const fields = schemaFields(schema).filter(({ kind }) => kind !== 'machines')
  const chosen = valuesOf(fields, schema, input)
  const usual = valuesOf(fields, schema)
  return fields.flatMap((field): [string, string][] => {
    const value = chosen[field.key]
    const isUsual = JSON.stringify(value) === JSON.stringify(usual[field.key])
    if (value === undefined || value === '' || (isUsual && !around.ofDefault)) return []
    return [[field.label, inWords(field, value, around)]]
  })
}

function inWords(field: FormField, value: unknown, { texts, formats }: Around): string {
  switch (field.kind) {
    case 'number': {
      const number = formats.number(Number(value))
      return field.unit ? `${number}\u00a0${texts.form.units[field.unit] ?? field.unit}` : number
    }
    case 'choice':
      return labelOf(field.options, value)
    case 'choices':
      return Array.isArray(value) ? formats.listOf(value.map((one) => labelOf(field.options, one))) : ''
    case 'flag':
      return value === true ? texts.form.yes : texts.form.no
    default:
      return String(value)
  }
}

const labelOf = (options: readonly Option[], value: unknown) =>
  options.find((option) => option.value === value)?.label ?? String(value)
