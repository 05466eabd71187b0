import type { ComponentType } from 'react'
import type { FirstAnswers } from '../connection/first-answers.ts'
import type { AppWords } from '../texts/first-english.ts'
import { measurementOf } from '../trackunit/measurement-of.ts'
// Small and loaded first, so that requests to Manager and the server start while the rest is still loading.
import { firstAnswers } from './first-answers.ts'

/**
 * Shows an extension in the simulated Manager, as Trackunit's own loader does in the real one.
 * @param app what `standin.config.ts` exports
 * @param load imports the extension, whose default export is its component
 */
export async function showExtension(
  app: AppWords,
  load: () => Promise<{ default: ComponentType<never> }>,
): Promise<void> {
  const known = firstAnswers.then((asked) => asked?.first)
  const said = sayFirst(app).catch(() => {}) // The page says it.
  const [extension, { showPage }] = await Promise.all([load(), import('./page.tsx')])
  await showPage(extension.default as ComponentType<{ first: FirstAnswers | undefined }>, known, said)
}

async function sayFirst(app: AppWords): Promise<void> {
  const [asked, { showFirstWords }] = await Promise.all([firstAnswers, import('../first-words/show-first-words.ts')])
  if (!asked || !['', '#', '#/'].includes(location.hash)) return
  const { context, first } = asked
  const { language, timeZone, systemOfMeasurement } = context.user
  const user = { language, timeZone, measurement: measurementOf(systemOfMeasurement) }
  await showFirstWords({ app, user, account: context.account, first })
}
