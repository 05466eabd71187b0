import type { Message, Run } from '@standin/client'
import type { Texts } from '../texts/en.ts'

/**
 * What a result could not check: the first sentence says what was checked, the others say why and add the rest of the result's
 * detail. Nothing is repeated, and nothing that the page's own sentence already says.
 */
export function gapWords(
  { actionId, incomplete }: Pick<Run, 'actionId' | 'incomplete'>,
  { said, detail, texts }: { said: string; detail: string | null; texts: Texts },
): { heading: string; others: string[]; machines: number | undefined } | undefined {
  if (incomplete === null) return undefined
  const parts = typeof incomplete === 'object' && 'parts' in incomplete ? incomplete.parts : [incomplete]
  const gaps = parts.map((part) => texts.ofAction(actionId, part))
  const [heading = texts.run.notAllChecked, ...others] = gaps.filter((sentence) => !said.includes(sentence))
  const rest = gaps.reduce((left, sentence) => left.replace(sentence, ''), detail ?? '').trim()
  return { heading, others: [...others, rest].filter(Boolean), machines: machinesOf(parts[0]) }
}

/** How many machines a message is about, if it has the value `machines`. */
function machinesOf(message: Message | undefined): number | undefined {
  const count = typeof message === 'object' && 'values' in message ? message.values.machines : undefined
  return typeof count === 'number' && count > 0 ? count : undefined
}
