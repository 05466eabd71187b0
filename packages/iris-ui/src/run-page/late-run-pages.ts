import { lateParts } from '../parts/late-parts.tsx'

export const runPages = lateParts(() => import('./run-pages.tsx'), { level: 1 })
