import type { GetICUArgs } from '@schummar/icu-type-parser'
import { type CompiledMessage, inOneText, type KeyedMessage, type Message, textOf } from '@standin/contracts'
import compile from 'icu-minify/compile'
import format from 'icu-minify/format'

/** The values of a message, by its own text: `{count, plural, …}` is a number, `{name}` a string. */
type ValuesOf<Icu extends string> = GetICUArgs<Icu, { ICUArgument: string; ICUNumberArgument: number }>

/** The messages of an action by language, each by its key, compiled. */
export type CompiledCatalogue = Readonly<Record<string, Readonly<Record<string, CompiledMessage>>>>

/** Makes a message. The values are checked against its English text. */
export type Say<English> = <Key extends keyof English & string>(
  key: Key,
  ...values: keyof ValuesOf<English[Key] & string> extends never ? [] : [ValuesOf<English[Key] & string>]
) => KeyedMessage

export interface Messages<English> {
  say: Say<English>
  catalogue: CompiledCatalogue
}

/**
 * The messages of an action in ICU MessageFormat. English is shown if the reader's language is missing. Other languages may
 * have more keys, for the form: see `Action.messages`.
 * @throws Error naming a message that is not ICU MessageFormat, or that is missing in a language
 */
export function defineMessages<const English extends Readonly<Record<string, string>>>(
  languages: { en: English } & Readonly<
    Record<string, Readonly<Record<keyof English & string, string> & Record<string, string>>>
  >,
): Messages<English> {
  const catalogue: CompiledCatalogue = Object.fromEntries(
    Object.entries(languages).map(([language, messages]) => [language, compiled(messages, language)]),
  )
  const { en = {} } = catalogue
  for (const [language, messages] of Object.entries(catalogue))
    for (const key of Object.keys(en))
      if (!Object.hasOwn(messages, key)) throw new Error(`Messages in "${language}": "${key}" is missing.`)

  return {
    catalogue,
    say(key, ...[given]) {
      const values = { ...given } as KeyedMessage['values']
      return { text: inEnglish(en[key] ?? key, values), key, values }
    },
  }
}

const english = { number: new Intl.NumberFormat('en'), plural: new Intl.PluralRules('en') }

function inEnglish(message: CompiledMessage, values: KeyedMessage['values']): string {
  const formatters: Parameters<typeof format>[3]['formatters'] = {
    getNumberFormat: (_, options) => (options ? new Intl.NumberFormat('en', options) : english.number),
    getPluralRules: (_, options) =>
      options?.type === 'ordinal' ? new Intl.PluralRules('en', options) : english.plural,
    getDateTimeFormat: (...given) => new Intl.DateTimeFormat(...given),
  }
  return String(format(message as Parameters<typeof format>[0], 'en', values, { formatters }))
}

function compiled(messages: Readonly<Record<string, string>>, language: string): Record<string, CompiledMessage> {
  return Object.fromEntries(
    Object.entries(messages).map(([key, icu]) => {
      try {
        return [key, compile(icu)]
      } catch (error) {
        throw new Error(`Messages in "${language}": "${key}" is not ICU MessageFormat.`, { cause: error })
      }
    }),
  )
}

/** Several messages as one: sentences follow one another, shorter phrases become a list with commas. */
export function together(parts: ReadonlyArray<string | KeyedMessage>): Message {
  return { text: inOneText(parts.map(textOf)), parts: [...parts] }
}
