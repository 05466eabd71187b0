const spoken = ['en-GB', 'da', 'de', 'fr', 'sv'] as const
export type SpokenLanguage = (typeof spoken)[number]

/** The app's language for a reader: English, if theirs is missing. */
export function spokenLanguage(tag: string): SpokenLanguage {
  const languageOf = (tag: string) => tag.toLowerCase().split(/[-_]/)[0]
  return spoken.find((one) => languageOf(one) === languageOf(tag)) ?? 'en-GB'
}
