import { en, type Texts } from './en.ts'

/** English is in the first JavaScript; every other language comes when somebody reads it. */
const languages: Record<string, () => Promise<Texts>> = {
  da: () => import('./da.ts').then(({ da }) => da),
}

/** The texts in the user's language; English where it is not spoken yet. Loaded already: the texts themselves. */
export function textsFor(language: string): Texts | Promise<Texts> {
  const load = languages[language.toLowerCase().split(/[-_]/)[0] ?? '']
  // Without its file the page is still worth more in English than not at all.
  return load ? load().catch(() => en) : en
}
