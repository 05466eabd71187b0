import { type ErrorReason, errorReasons } from '@standin/contracts'
import { expect, test } from 'vitest'
import { wholeTexts } from '../../packages/iris-ui/src/texts/whole-texts.ts'
import { stoppedBecause } from '../../packages/standin/src/deliveries/stopped-because.ts'

test.each(['en-GB', 'da-DK', 'de-DE', 'sv-SE', 'fr-FR'])(
  'an email says in the words of the app why a run stopped: %s',
  async (language) => {
    const { results } = await wholeTexts(language, { name: 'Fleet assistant' })
    const said = (Object.keys(errorReasons) as ErrorReason[]).flatMap((reason) => {
      const words = stoppedBecause(reason, { app: 'Fleet assistant', language })
      return words === undefined ? [] : [[reason, words]]
    })
    expect(Object.fromEntries(said)).toEqual(results.because)
  },
)
