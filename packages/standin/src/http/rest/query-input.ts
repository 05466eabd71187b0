import type { z } from 'zod'

/**
 * Parses the fields of an input from a query: `limit=20`, a list as `states=queued&states=running`, an object as
 * `sort[key]=site`. A value that cannot be parsed as its type stays text, so that the schema refuses it and names the field.
 * @see OpenAPI 3.1 on `style`: `form` for values and lists, `deepObject` for objects
 */
export function inputOfQuery(
  query: URLSearchParams,
  fields: Readonly<Record<string, z.core.$ZodType>>,
): Record<string, unknown> {
  const given = new Map<string, unknown>()
  for (const [key, texts] of textsByKey(query)) {
    const [, name = key, part] = /^(\w+)\[([^\]]*)\]$/.exec(key) ?? []
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    const type = field && innermost(field)
    if (part === undefined)
      given.set(key, isArray(type) ? texts.map((text) => read(text, type._zod.def.element)) : single(texts, type))
    else partsOf(given, name).set(part, single(texts, type && memberOf(type, part)))
  }
  return Object.fromEntries([...given].map(([name, value]) => [name, value instanceof Map ? objectOf(value) : value]))
}

/** In one pass: `getAll` for each key takes seconds for the longest query that a request can have. */
function textsByKey(query: URLSearchParams): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [key, text] of query) {
    const texts = found.get(key)
    if (texts) texts.push(text)
    else found.set(key, [text])
  }
  return found
}

/** The parts of an object so far. A value that was given under the same name gives way to them. */
function partsOf(given: Map<string, unknown>, name: string): Map<string, unknown> {
  const known = given.get(name)
  if (known instanceof Map) return known
  const parts = new Map<string, unknown>()
  given.set(name, parts)
  return parts
}

/** With an own property for each part, `__proto__` included. */
const objectOf = (parts: Map<string, unknown>): object => Object.fromEntries(parts)

type AnyType = z.core.$ZodTypes

/** A field that is given twice is refused by its schema, which takes no list. */
const single = (texts: string[], type: z.core.$ZodType | undefined) =>
  texts.length === 1 ? read(texts[0] ?? '', type) : texts

function read(text: string, type: z.core.$ZodType | undefined): unknown {
  const kind = type && innermost(type)._zod.def.type
  if (kind === 'number' && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text)
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function innermost(type: z.core.$ZodType): AnyType {
  const { def } = type._zod as AnyType['_zod']
  return 'innerType' in def ? innermost(def.innerType) : (type as AnyType)
}

const isArray = (type: AnyType | undefined): type is z.core.$ZodArray => type?._zod.def.type === 'array'

/** The type of a field of an object; for a union, of the first of its objects that has the field. */
function memberOf(type: AnyType, name: string): z.core.$ZodType | undefined {
  const { def } = type._zod
  if (def.type === 'object') return Object.hasOwn(def.shape, name) ? def.shape[name] : undefined
  if (def.type === 'record') return def.valueType
  if (def.type !== 'union') return undefined
  return def.options.map((option) => memberOf(innermost(option), name)).find((member) => member !== undefined)
}
