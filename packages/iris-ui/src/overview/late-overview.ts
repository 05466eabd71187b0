import { lateParts } from '../parts/late-parts.tsx'
import { overviewFile } from './overview-file.ts'

export const overviewParts = lateParts(overviewFile)
