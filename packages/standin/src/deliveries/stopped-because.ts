import type { ErrorReason } from '@standin/contracts'
import { stoppedBecause as da } from '@standin/contracts/stopped-because/da'
import { stoppedBecause as de } from '@standin/contracts/stopped-because/de'
import { stoppedBecause as en, type StoppedBecause } from '@standin/contracts/stopped-because/en'
import { stoppedBecause as fr } from '@standin/contracts/stopped-because/fr'
import { stoppedBecause as sv } from '@standin/contracts/stopped-because/sv'

const languages: Readonly<Record<string, StoppedBecause>> = { en, da, de, sv, fr }

/**
 * Why a run stopped, in the app's own words.
 * @param language a BCP 47 tag; English if there are no texts in it
 * @returns a whole sentence; undefined for a reason that no run ends with
 */
export function stoppedBecause(reason: ErrorReason, { app, language }: { app: string; language: string }) {
  const words: Partial<Record<ErrorReason, string>> = (languages[language.split(/[-_]/)[0]?.toLowerCase() ?? ''] ?? en)(
    app,
  )
  return words[reason]
}
