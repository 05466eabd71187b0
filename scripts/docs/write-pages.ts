// Writes the pages of docs/ that are made from the sources.
import { writeFileSync } from 'node:fs'
import { errorReasonsPage } from './error-reasons-page.ts'

writeFileSync(new URL('../../docs/error-reasons.md', import.meta.url), errorReasonsPage())
