import { z } from 'zod'
import { StandinError } from '../standin-error.ts'
import type { AnyAction } from './define-action.ts'

/** The most bytes of an input as JSON. A filter of all three kinds with two hundred ids each fits. */
const maxInputBytes = 32_000

/**
 * Checks an input before it is stored. It is stored unchanged, since the worker parses it again and a transformed input may
 * not parse twice. So it must not have fields that the action does not know.
 * @throws ZodError naming the fields; StandinError `INPUT_TOO_LARGE`
 */
export function checkInput({ input: schema }: Pick<AnyAction, 'input'>, input: Record<string, unknown>): void {
  const bytes = Buffer.byteLength(JSON.stringify(input))
  if (bytes > maxInputBytes)
    throw new StandinError('INPUT_TOO_LARGE', {
      detail: `The input may have at most ${maxInputBytes} bytes as JSON; this one has ${bytes}.`,
    })
  const unknown = [...unknownFields(schema, input, [])]
  if (unknown.length > 0) {
    const message = `the action has no such input; it has ${Object.keys(schema.shape).join(', ') || 'none'}`
    throw new z.ZodRealError(unknown.map((path) => ({ code: 'custom', path, message, input: undefined })))
  }
  schema.parse(input)
}

/** Fields that a schema would silently drop, at any depth. */
function* unknownFields(schema: z.core.$ZodType, value: unknown, path: string[]): Generator<string[]> {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object': {
      if (typeof value !== 'object' || value === null || def.catchall) return
      for (const [name, each] of Object.entries(value)) {
        const field = Object.hasOwn(def.shape, name) ? def.shape[name] : undefined
        if (field) yield* unknownFields(field, each, [...path, name])
        else yield [...path, name]
      }
      return
    }
    case 'array': {
      if (!Array.isArray(value)) return
      for (const [index, each] of value.entries()) yield* unknownFields(def.element, each, [...path, String(index)])
      return
    }
    case 'record': {
      if (typeof value !== 'object' || value === null) return
      for (const [name, each] of Object.entries(value)) yield* unknownFields(def.valueType, each, [...path, name])
      return
    }
    case 'tuple': {
      if (!Array.isArray(value)) return
      for (const [index, each] of value.entries()) {
        const item = def.items[index] ?? def.rest
        if (item) yield* unknownFields(item, each, [...path, String(index)])
      }
      return
    }
    case 'union': {
      // Of the options that accept the value, the one that knows most of its fields. If none does, the schema refuses it.
      const accepting = def.options.filter((option) => z.safeParse(option, value).success)
      const unknown = accepting.map((option) => [...unknownFields(option, value, path)])
      yield* unknown.sort((left, right) => left.length - right.length)[0] ?? []
      return
    }
    case 'intersection': {
      const right = new Set([...unknownFields(def.right, value, path)].map((field) => field.join('\0')))
      for (const field of unknownFields(def.left, value, path)) if (right.has(field.join('\0'))) yield field
      return
    }
    case 'lazy':
      return yield* unknownFields(def.getter(), value, path)
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return yield* unknownFields(def.innerType, value, path)
    case 'pipe':
      return yield* unknownFields(def.in, value, path)
  }
}
