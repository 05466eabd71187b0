import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Message, withTexts } from '@standin/contracts'
import { storableText } from '../database/storable-text.ts'
import { StandinError } from '../standin-error.ts'
import { ActionFailed } from './action-failed.ts'

/**
 * The text about a failure that is shown besides the reason: the action's own text, or which rule its code broke. None for an
 * unexpected error, since its message may contain anything; in development, its message and where it was thrown.
 * @param isEnd whether the run fails for good; a waiting run has texts for the known reasons only
 */
export function failureText(
  error: unknown,
  { isProduction, isEnd }: { isProduction: boolean; isEnd: boolean },
): Message | null {
  const text = textOf(error, { isProduction, isEnd })
  return text && withTexts(text, (each) => storableText(each, 1_000))
}

function textOf(error: unknown, { isProduction, isEnd }: { isProduction: boolean; isEnd: boolean }): Message | null {
  const failed = actionFailedIn(error)
  if (failed) return failed.text
  const isKnown = error instanceof StandinError
  if (isKnown && error.reason === 'ACTION_FAULTY' && error.detail) return isProduction ? error.detail : inFull(error)
  if (isProduction || (isKnown && !isEnd)) return null
  return error instanceof Error ? inFull(error) : `Thrown: ${String(error)}`
}

/** An action may have wrapped it. */
export function actionFailedIn(error: unknown): ActionFailed | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++)
    if (each instanceof ActionFailed) return each
  return undefined
}

/** The message of an error, its causes', and the line of the maker's code that threw it. */
function inFull(error: Error): string {
  const { message, stack = '', name } = error
  const causes: string[] = []
  for (let cause = error.cause; cause instanceof Error && causes.length < 3; cause = cause.cause)
    causes.push(` (${cause.message})`)
  const places = stack
    .slice(stack.indexOf(message) + message.length) // A message can hold lines that look like places.
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) =>
      line
        .trim()
        .replace(/^at (async )?/, '')
        .replace(/file:\/\/.*(?=:\d+:\d+)/, pathOf),
    )
  const own = places.find((place) => !/node:|node_modules|<anonymous>/.test(place) && !isOurs(place)) ?? places[0]
  const said = message.startsWith(name) ? message : `${name}: ${message}`
  return `${said}${causes.join('')}${own ? `, at ${own}` : ''}`
}

const ourCode = join(import.meta.dirname, '..')
/** Of this package, its tests aside. */
const isOurs = (place: string) => place.includes(ourCode) && !/\.test\.ts/.test(place)

/** As an editor opens it; a file's URL escapes spaces and most letters. */
function pathOf(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}
