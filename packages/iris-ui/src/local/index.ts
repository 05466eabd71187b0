import type { ComponentType } from 'react'
import type { FirstAnswers } from '../connection/first-answers.ts'
// Small and loaded first, so that requests to Manager and the server start while the rest is still loading.
import { firstAnswers } from './first-answers.ts'

/**
 * Shows an extension in the simulated Manager, as Trackunit's own loader does in the real one.
 * @param load imports the extension, whose default export is its component
 */
export async function showExtension(load: () => Promise<{ default: ComponentType<never> }>): Promise<void> {
  const [extension, { showPage }] = await Promise.all([load(), import('./page.tsx')])
  await showPage(extension.default as ComponentType<{ first: FirstAnswers | undefined }>, firstAnswers)
}
