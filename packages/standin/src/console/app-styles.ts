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
 * The app's own rules, so that the console looks as the app does. They lie in another package: the build puts their text into
 * this module (`tsdown.config.ts`).
 */
export const appStyles: string = parts
  .map((part) => readFileSync(new URL(`../../../iris-ui/src/${part}.css`, import.meta.url), 'utf8'))
  .join('\n')
