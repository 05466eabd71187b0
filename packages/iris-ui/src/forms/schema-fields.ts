import type { MachineFilter } from '@standin/client'
import { readable } from '../formats/readable.ts'

/** The parts of a JSON Schema that the form reads. */
export interface Schema {
  type?: string | string[]
  title?: string
  description?: string
  format?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  oneOf?: Schema[]
  anyOf?: Schema[]
  items?: Schema
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  minItems?: number
  maxLength?: number
  properties?: Record<string, Schema>
  required?: string[]
  /** The unit after a number field, such as `days`. */
  unit?: string
  [other: string]: unknown
}

export interface Option {
  value: string
  label: string
}

interface Base {
  key: string
  label: string
  help: string | undefined
  required: boolean
}

/** One field of an action's form. Fields of other kinds are not shown and keep their default. */
export type FormField = Base &
  (
    | { kind: 'number'; whole: boolean; unit: string | undefined; least: number | undefined; most: number | undefined }
    | { kind: 'text'; longest: number | undefined }
    | { kind: 'choice'; options: Option[] }
    | { kind: 'choices'; options: Option[]; least: number }
    | { kind: 'flag' }
    | { kind: 'machines' }
  )

/** The fields of an action: numbers first, which stand in one line; then the others in the schema's order, machines last. */
export function schemaFields(schema: Schema): FormField[] {
  const required = schema.required ?? []
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, property]): FormField[] => {
    const field = fieldOf(key, property, required.includes(key) && property.default === undefined)
    return field ? [field] : []
  })
  const order = { number: 0, machines: 2 } as Partial<Record<FormField['kind'], number>>
  return fields.toSorted((one, other) => (order[one.kind] ?? 1) - (order[other.kind] ?? 1))
}

function fieldOf(key: string, property: Schema, required: boolean): FormField | undefined {
  const base = { key, label: property.title ?? readable(key), help: property.description, required }
  if (property.format === 'machine-filter') return { ...base, kind: 'machines' }

  const options = optionsOf(property)
  if (options) return { ...base, kind: 'choice', options }

  switch (typeOf(property)) {
    case 'integer':
    case 'number': {
      const whole = typeOf(property) === 'integer'
      const least = property.minimum ?? property.exclusiveMinimum
      const most = safe(property.maximum ?? property.exclusiveMaximum)
      return { ...base, kind: 'number', whole, unit: property.unit, least: safe(least), most }
    }
    case 'boolean':
      return { ...base, kind: 'flag' }
    case 'string':
      return { ...base, kind: 'text', longest: property.maxLength }
    case 'array': {
      const choices = property.items && optionsOf({ 'x-labels': property['x-labels'], ...property.items })
      return choices && { ...base, kind: 'choices', options: choices, least: property.minItems ?? 0 }
    }
    default:
      return undefined
  }
}

function optionsOf({ enum: values, oneOf, anyOf, 'x-labels': labels }: Schema): Option[] | undefined {
  if (values) {
    const names = (typeof labels === 'object' && labels !== null ? labels : {}) as Record<string, unknown>
    return values
      .filter((value) => typeof value === 'string')
      .map((value) => ({ value, label: typeof names[value] === 'string' ? names[value] : readable(value) }))
  }
  const named = (oneOf ?? anyOf)?.filter(({ const: value }) => typeof value === 'string')
  if (!named || named.length === 0) return undefined
  return named.map(({ const: value, title }) => ({ value: String(value), label: title ?? readable(String(value)) }))
}

const typeOf = ({ type }: Schema) => (Array.isArray(type) ? type.find((one) => one !== 'null') : type)
/** zod writes the largest whole number where a schema has no limit. */
const safe = (limit: number | undefined) =>
  limit === undefined || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit

/** The fields' values while the form is filled in. Numbers are text until they are sent. */
export type FormValues = Record<string, string | string[] | boolean | MachineFilter>

/** The form's first values: the input of an earlier run, or the schema's defaults. */
export function valuesOf(
  fields: readonly FormField[],
  schema: Schema,
  input: Record<string, unknown> = {},
): FormValues {
  return Object.fromEntries(
    fields.map((field) => [field.key, beginOf(field, input[field.key] ?? schema.properties?.[field.key]?.default)]),
  )
}

function beginOf(field: FormField, value: unknown): FormValues[string] {
  switch (field.kind) {
    case 'number':
    case 'text':
      return value === undefined || value === null ? '' : String(value)
    case 'choice':
      return typeof value === 'string' ? value : field.required ? (field.options[0]?.value ?? '') : ''
    case 'choices':
      return Array.isArray(value) ? value.map(String) : []
    case 'flag':
      return value === true
    case 'machines':
      return typeof value === 'object' && value !== null ? (value as MachineFilter) : {}
  }
}

/** The input to send. An empty optional field is left out, so that the action's default applies. */
export function inputOf(fields: readonly FormField[], values: FormValues): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const field of fields) {
    const value = values[field.key]
    if (value === undefined || value === '') continue
    input[field.key] = field.kind === 'number' ? numberOf(String(value)) : value
  }
  return input
}

/** Reads a number with a point or a comma; anything else stays text, which the schema refuses. */
export function numberOf(text: string): number | string {
  const plain = text.replaceAll(/[\s\u00a0\u202f]/g, '').replace(',', '.')
  const number = Number(plain)
  return plain === '' || Number.isNaN(number) ? text : number
}
