/**
 * The words of an action in one language, by its English ones. `{}` stands for what changes:
 * `'{} of {} machines need attention.': '{} af {} maskiner kræver opmærksomhed.'`.
 */
export type ActionTexts = Readonly<Record<string, string>>

interface Options {
  /** How the reader writes a number; what an action counted is in English. */
  number?: (value: number) => string
}

const HOLE = '{}'

/** @returns what an action said, in another language: as a whole, else sentence by sentence; what is not known stays as it is */
export function createActionWords(texts: ActionTexts, { number = String }: Options = {}): (said: string) => string {
  const patterns = Object.entries(texts)
    .filter(([english]) => english.includes(HOLE))
    // The most words first: '{} of {} machines' before '{} machines'.
    .sort(([left], [right]) => right.replaceAll(HOLE, '').length - left.replaceAll(HOLE, '').length)
    .map(([english, other]) => ({ pattern: patternOf(english), other }))
  const known = new Map<string, string>()

  function say(said: string): string {
    let words = known.get(said)
    if (words === undefined) {
      words = sentenceBySentence(said) ?? find(said) ?? said
      if (known.size >= MOST_KEPT) known.clear()
      known.set(said, words)
    }
    return words
  }

  function find(said: string): string | undefined {
    if (Object.hasOwn(texts, said)) return texts[said]
    if (said.length > LONGEST) return undefined
    for (const { pattern, other } of patterns) {
      const holes = pattern.exec(said)?.slice(1)
      if (holes) return fill(other, holes)
    }
    return undefined
  }

  function fill(other: string, holes: readonly string[]): string {
    const left = [...holes]
    return other.replaceAll(HOLE, () => {
      const said = left.shift() ?? ''
      return numeral.test(said) ? number(Number(said.replaceAll(',', ''))) : listed(said)
    })
  }

  /** A hole may hold a list, such as `3 arrivals at a site, 1 new machine`. */
  const listed = (said: string) =>
    said === ''
      ? said
      : said
          .split(', ')
          .map((one) => find(one) ?? one)
          .join(', ')

  /** Before it is taken as a whole: a hole would hold the rest of a sentence and all that follow. */
  function sentenceBySentence(said: string): string | undefined {
    const sentences = said.split(/(?<=[.!?]) (?=\p{Lu}|\d|“)/u)
    if (sentences.length === 1 || Object.hasOwn(texts, said)) return undefined
    const found = sentences.map(find)
    if (found.every((sentence) => sentence === undefined)) return undefined
    return sentences.map((sentence, nth) => found[nth] ?? sentence).join(' ')
  }

  return say
}

const MOST_KEPT = 2_000
/** A pattern with several holes takes its time with a text that is long. */
const LONGEST = 400
const numeral = /^\d{1,3}(,\d{3})*(\.\d+)?$/
const patternOf = (english: string) =>
  new RegExp(
    `^${english
      .split(HOLE)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('(.+?)')}$`,
    'u',
  )
