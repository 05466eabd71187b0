import type { FirstTexts } from '../texts/first-english.ts'

/** The page's first sentence as long as it will be with the number of machines, which comes later. */
export const withRoom = ({ firstDays }: FirstTexts): string => firstDays.whatThisIsFor(10_000, '10,000')
