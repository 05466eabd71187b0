/** A title within a sentence. German writes nouns with a capital there too. */
export const inSentence = (words: string, { language }: { language: string }): string =>
  language.startsWith('de') ? words : words.charAt(0).toLowerCase() + words.slice(1)
