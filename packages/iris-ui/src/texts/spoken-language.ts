const spoken = ['en-GB', 'da'] as const
export type SpokenLanguage = (typeof spoken)[number]

/** In which language somebody is spoken to: English, where theirs is not spoken yet. */
export function spokenLanguage(tag: string): SpokenLanguage {
  const languageOf = (tag: string) => tag.toLowerCase().split(/[-_]/)[0]
  return spoken.find((one) => languageOf(one) === languageOf(tag)) ?? 'en-GB'
}
