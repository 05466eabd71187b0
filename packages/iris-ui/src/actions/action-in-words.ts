import type { Action } from '@standin/client'
import { readable } from '../formats/readable.ts'
import type { Texts } from '../texts/en.ts'

/** An action with its form in the reader's language, as far as it has words in it. */
export function actionInWords(action: Action, { ofAction }: Pick<Texts, 'ofAction'>): Action {
  if (Object.keys(action.texts).length === 0) return action
  const say = (words: string) => ofAction(action.id, words)
  return {
    ...action,
    title: say(action.title),
    description: say(action.description),
    inputSchema: schemaInWords(action.inputSchema, say) as Action['inputSchema'],
  }
}

function schemaInWords(part: unknown, say: (words: string) => string): unknown {
  if (Array.isArray(part)) return part.map((each) => schemaInWords(each, say))
  if (typeof part !== 'object' || part === null) return part
  const said = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      (key === 'title' || key === 'description') && typeof value === 'string' ? say(value) : schemaInWords(value, say),
    ]),
  )
  return Array.isArray(said.enum) ? { ...said, 'x-labels': labelsOf(said, say) } : said
}

/** A choice is said by its label, or by its own value made readable. */
function labelsOf({ enum: values, 'x-labels': given }: Record<string, unknown>, say: (words: string) => string) {
  const labels = new Map(Object.entries(typeof given === 'object' && given !== null ? given : {}))
  return Object.fromEntries(
    (values as unknown[]).map((value) => [
      String(value),
      say(String(labels.get(String(value)) ?? readable(String(value)))),
    ]),
  )
}
