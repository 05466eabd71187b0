import { expect, test } from 'vitest'
import { createActionWords } from './action-words.ts'

const say = createActionWords(
  {
    Silent: 'Tavs',
    '{} of {} machines need attention.': '{} af {} maskiner kræver opmærksomhed.',
    '{} machines': '{} maskiner',
    'Last time it was {} in all.': 'Sidst var det {} i alt.',
    'Since last time: {}.': 'Siden sidst: {}.',
    '{} new machines': '{} nye maskiner',
    '{}: {}.': '{}: {}.',
    '{}: {}': '{}: {}',
    'Nothing else.': 'Intet andet.',
  },
  { number: (value) => new Intl.NumberFormat('da').format(value) },
)

test.each([
  ['a word', 'Silent', 'Tavs'],
  [
    'a sentence with numbers, as the reader writes them',
    '1,284 of 2,964 machines need attention.',
    '1.284 af 2.964 maskiner kræver opmærksomhed.',
  ],
  ['the pattern with the most words', '12 new machines', '12 nye maskiner'],
  [
    'sentence by sentence',
    '3 of 4 machines need attention. Last time it was 1,000 in all.',
    '3 af 4 maskiner kræver opmærksomhed. Sidst var det 1.000 i alt.',
  ],
  [
    'a list in a sentence',
    'Since last time: 3 new machines, 12 machines.',
    'Siden sidst: 3 nye maskiner, 12 maskiner.',
  ],
  ['what it does not know, as it is', 'Nordhavn Tunnel', 'Nordhavn Tunnel'],
  [
    'each sentence that it knows',
    'Last time it was 3 in all. Nobody knows why.',
    'Sidst var det 3 i alt. Nobody knows why.',
  ],
  [
    'sentences of which the first begins with what may be anything',
    'Silent: 3, Silent: 4. 3 of 4 machines need attention. Nothing else.',
    'Tavs: 3, Tavs: 4. 3 af 4 maskiner kræver opmærksomhed. Intet andet.',
  ],
  ['a name with a full stop in it', 'Since last time: 3 new machines, Nr. 5.', 'Siden sidst: 3 nye maskiner, Nr. 5.'],
  ['a name that looks like code', 'constructor', 'constructor'],
])('an action’s words are said in another language: %s', (_what, said, other) => expect(say(said)).toBe(other))

test('without words in the language everything is said in English', () => {
  expect(createActionWords({})('3 of 4 machines need attention.')).toBe('3 of 4 machines need attention.')
})
