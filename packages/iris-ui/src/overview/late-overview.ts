import { lateParts } from '../parts/late-parts.tsx'

/** What stands beside or below the first words, or in rare states only. */
export const overviewParts = lateParts(() => import('./overview-parts.tsx'))
