import { readFileSync } from 'node:fs'

const parts = [
  'styles/tokens',
  'styles/base',
  'parts/button',
  'parts/status',
  'parts/notice',
  'parts/details',
  'shell/shell',
]

/**
 * The app's own styles, so that the console looks like the app. They are in another package, so the build inlines them here
 * (`tsdown.config.ts`).
 */
export const appStyles: string = parts
  .map((part) => readFileSync(new URL(`../../../iris-ui/src/${part}.css`, import.meta.url), 'utf8'))
  .join('\n')
