import { z } from 'zod'
import { StandinError } from '../standin-error.ts'
import type { AnyAction } from './define-action.ts'

/** Of an input as JSON: a filter of all three kinds with two hundred ids each fits. */
const maxInputBytes = 32_000

/**
 * Checks an input before it is stored. It is stored as it came, since the worker parses it again and a transformed input may
 * not pass twice; so it must hold nothing that the action does not know.
 * @throws ZodError naming the fields; StandinError `INPUT_TOO_LARGE`
 */
export function checkInput({ input: schema }: Pick<AnyAction, 'input'>, input: Record<string, unknown>): void {
  const bytes = Buffer.byteLength(JSON.stringify(input))
  if (bytes > maxInputBytes)
    throw new StandinError('INPUT_TOO_LARGE', {
      detail: `The input of an action may have ${maxInputBytes} bytes as JSON; this one has ${bytes}.`,
    })
  const unknown = [...unknownFields(schema, input, [])]
  if (unknown.length > 0) {
    const message = 'the action has no such input'
    throw new z.ZodRealError(unknown.map((path) => ({ code: 'custom', path, message, input: undefined })))
  }
  schema.parse(input)
}

/** Fields that an object schema would drop in silence, at any depth. Of a union each member must check its own. */
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
