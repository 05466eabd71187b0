import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineAction } from '../actions/define-action.ts'
import { defineMessages } from '../actions/define-messages.ts'
import { missingTranslations } from './missing-translations.ts'

const action = defineAction({
  id: 'x',
  title: 'X',
  description: 'X.',
  scopes: [],
  changesData: false,
  plan: 'this',
  input: z.object({ by: z.enum(['type', 'site']).default('type'), days: z.int().meta({ description: 'Days.' }) }),
  run: async () => {},
})
const all = ['title', 'description', 'plan', 'input.by', 'input.by.type', 'input.by.site']
const ofForm = [...all, 'input.days', 'input.days.description']

test('reports nothing for an action without other languages', () => {
  expect(missingTranslations(action)).toEqual([])
  expect(missingTranslations({ ...action, messages: defineMessages({ en: {} }).catalogue })).toEqual([])
})

test('each language that an action declares needs every text of its form', () => {
  const said = (keys: string[]) => Object.fromEntries(keys.map((key) => [key, 'Text']))
  const { catalogue } = defineMessages({ en: {}, da: said(all), sv: said(ofForm) })
  expect(missingTranslations({ ...action, messages: catalogue })).toEqual([
    'da: input.days',
    'da: input.days.description',
  ])
})
