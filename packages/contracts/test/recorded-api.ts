import { z } from 'zod'
import { type ProcedureContract, procedures } from '../src/procedures.ts'

/** A schema as JSON has it: the parts of it that are compared. */
export interface Shape {
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  properties?: Record<string, Shape>
  required?: string[]
  items?: Shape
  anyOf?: Shape[]
  oneOf?: Shape[]
  [bound: string]: unknown
}

export interface RecordedProcedure {
  kind: ProcedureContract['kind']
  callers: readonly string[]
  /** As a caller sends it. */
  input: Shape
  /** As the server answers it. */
  output: Shape
}
export type RecordedApi = Record<string, RecordedProcedure>

/** All procedures with what they take and answer, as JSON. */
export function recordApi(): RecordedApi {
  const all = Object.entries<Record<string, ProcedureContract>>(procedures).flatMap(([noun, verbs]) =>
    Object.entries(verbs).map(([verb, { kind, callers, input, output }]) => {
      const recorded = { kind, callers, input: shapeOf(input, 'input'), output: shapeOf(output, 'output') }
      return [`${noun}.${verb}`, recorded] as const
    }),
  )
  return JSON.parse(JSON.stringify(Object.fromEntries(all)))
}

const shapeOf = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Shape

const lowerBounds = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems']
const upperBounds = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems']
const forms = ['pattern', 'format']

/** What an app that was built with the earlier API can no longer do with this one. */
export function breaksOf(before: RecordedApi, now: RecordedApi): string[] {
  return Object.entries(before).flatMap(([name, earlier]) => {
    const later = now[name]
    if (!later) return [`${name} is gone`]
    const refused = earlier.callers.filter((caller) => !later.callers.includes(caller))
    return [
      ...(later.kind === earlier.kind ? [] : [`${name} is a ${later.kind}, and was a ${earlier.kind}`]),
      ...refused.map((caller) => `${name} refuses a ${caller}`),
      ...breaksOfSent(earlier.input, later.input, `${name} in`),
      ...breaksOfAnswered(earlier.output, later.output, `${name} out`),
    ]
  })
}

/** Everything that was accepted is still accepted, and still means something. */
function breaksOfSent(before: Shape, now: Shape, at: string): string[] {
  const [were, are] = [branchesOf(before), branchesOf(now)]
  if (were.length > 1 || are.length > 1)
    return were.flatMap((was) =>
      are.some((is) => breaksOfSent(was, is, at).length === 0) ? [] : [`${at}: ${JSON.stringify(was)} is refused`],
    )
  const added = (now.required ?? []).filter((name) => !before.required?.includes(name))
  const isTighter = [
    ...lowerBounds.filter((bound) => boundOf(now, bound, -Infinity) > boundOf(before, bound, -Infinity)),
    ...upperBounds.filter((bound) => boundOf(now, bound, Infinity) < boundOf(before, bound, Infinity)),
    ...forms.filter((form) => now[form] !== undefined && now[form] !== before[form]),
  ]
  return [
    ...missing(typesOf(before), typesOf(now)).map((type) => `${at}: ${type} is refused`),
    ...missing(valuesOf(before), valuesOf(now)).map((value) => `${at}: ${value} is refused`),
    ...added.map((name) => `${at}.${name} is required`),
    ...isTighter.map((bound) => `${at}: ${bound} is tighter`),
    ...insideOf(before, now, at, breaksOfSent),
  ]
}

/**
 * Everything that was answered is still answered, in the same form. New values of a list and new kinds of a union are no
 * break: the app has words for those that it does not know.
 */
function breaksOfAnswered(before: Shape, now: Shape, at: string): string[] {
  const [were, are] = [branchesOf(before), branchesOf(now)]
  if (were.length > 1 || are.length > 1)
    return are.flatMap((is) => {
      const kind = kindOf(is)
      const known = kind === undefined ? were : were.filter((was) => kindOf(was) === kind)
      const isNewKind = kind !== undefined && known.length === 0
      const isKnown = isNewKind || known.some((was) => breaksOfAnswered(was, is, at).length === 0)
      return isKnown ? [] : [`${at}: may be ${JSON.stringify(is)}`]
    })
  const left = (before.required ?? []).filter((name) => now.properties?.[name] && !now.required?.includes(name))
  return [
    ...missing(typesOf(now), typesOf(before)).map((type) => `${at}: may be ${type}`),
    ...left.map((name) => `${at}.${name} may be missing`),
    ...insideOf(before, now, at, breaksOfAnswered),
  ]
}

function insideOf(before: Shape, now: Shape, at: string, compare: typeof breaksOfSent): string[] {
  const properties = Object.entries(before.properties ?? {}).flatMap(([name, was]) => {
    const is = now.properties?.[name]
    return is ? compare(was, is, `${at}.${name}`) : [`${at}.${name} is gone`]
  })
  const items = before.items && now.items ? compare(before.items, now.items, `${at}[]`) : []
  return [...properties, ...items]
}

const branchesOf = (shape: Shape): Shape[] => (shape.anyOf ?? shape.oneOf)?.flatMap(branchesOf) ?? [shape]
const typesOf = ({ type }: Shape) => (type === undefined ? undefined : [type].flat())
const valuesOf = ({ enum: values, const: value }: Shape) => values ?? (value === undefined ? undefined : [value])
const boundOf = (shape: Shape, bound: string, none: number) => (shape[bound] as number | undefined) ?? none

/** Those of `some` that are not among `all`; undefined means any. */
function missing(some: unknown[] | undefined, all: unknown[] | undefined): unknown[] {
  if (all === undefined) return []
  return some === undefined ? ['any value'] : some.filter((value) => !all.includes(value))
}

/** What tells the kinds of a union apart. */
const kindOf = ({ properties = {} }: Shape) => JSON.stringify(properties.type?.const ?? properties.kind?.const)
