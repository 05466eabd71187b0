import { en, type Texts } from './en.ts'
import { type SpokenLanguage, spokenLanguage } from './spoken-language.ts'

/** English is in the first JavaScript; every other language comes when somebody reads it. */
const languages: Record<SpokenLanguage, () => Texts | Promise<Texts>> = {
  'en-GB': () => en,
  // Without its file the page is still worth more in English than not at all.
  da: () =>
    import('./da.ts').then(
      ({ da }) => da,
      () => en,
    ),
}

/** The texts in the user's language; English where it is not spoken yet. Loaded already: the texts themselves. */
export const textsFor = (language: string): Texts | Promise<Texts> => languages[spokenLanguage(language)]()
