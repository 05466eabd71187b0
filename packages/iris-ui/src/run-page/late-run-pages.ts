import { lateFile } from '../parts/late-file.ts'
import { lateParts } from '../parts/late-parts.tsx'

export const runPages = lateParts(
  lateFile(() => import('./run-pages.tsx')),
  { level: 1 },
)
