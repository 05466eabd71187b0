import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ErrorReason, errorReasons } from '@standin/contracts'
import { expect, test } from 'vitest'
import { da } from '../../packages/iris-ui/src/texts/da.ts'
import { de } from '../../packages/iris-ui/src/texts/de.ts'
import { filledTexts } from '../../packages/iris-ui/src/texts/filled-texts.fixture.ts'
import { fr } from '../../packages/iris-ui/src/texts/fr.ts'
import { sv } from '../../packages/iris-ui/src/texts/sv.ts'
import { emailWords } from '../../packages/standin/src/deliveries/email-words.ts'
import { stoppedBecause } from '../../packages/standin/src/deliveries/stopped-because.ts'
import { machineTexts } from '../../packages/standin/src/fleet/machine-messages.ts'
import { receiverWords } from '../../packages/standin/src/receivers/receiver-words.ts'
import { root } from '../part.ts'
import { referenceActions } from '../reference-actions.ts'

/** Quotation marks that the language does not use, and what French has before its punctuation. */
const wrong = {
  da: /["'«»„]/,
  de: /["'«»”]|(?<=\s)“/,
  sv: /["'«»„“]/,
  fr: /["'„“”]|«(?!\u00a0)|(?<!\u00a0)»|(?<!\u00a0):(?=\s|$)|(?<!\u202f)[;?!]/,
} as const

const pages = { da, de, sv, fr }
/** Of the reference actions, which can be removed. */
async function ofActions(language: string): Promise<unknown> {
  const file = join(root, referenceActions, 'languages', `${language}.ts`)
  return existsSync(file) ? await import(file) : {}
}

test.each(['da', 'de', 'sv', 'fr'] as const)(
  'in %s, pages, actions and emails have the quotation marks and spaces of the language',
  async (language) => {
    const app = 'Roster'
    const because = (Object.keys(errorReasons) as ErrorReason[]).map((reason) =>
      stoppedBecause(reason, { app, language }),
    )
    const all = [
      ...[
        pages[language]({ name: app }),
        emailWords(language),
        receiverWords(language),
        await ofActions(language),
      ].flatMap((each) => [...filledTexts(each).values()]),
      ...Object.values(machineTexts[language]),
      ...because.flatMap((sentence) => sentence ?? []),
    ]
    expect(all.length).toBeGreaterThan(700)
    expect(all.filter((text) => wrong[language].test(text))).toEqual([])
  },
)
