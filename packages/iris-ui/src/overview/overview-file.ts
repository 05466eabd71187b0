import { lateFile } from '../parts/late-file.ts'

/** What stands below the overview's sentence, and its sentence where it says more than that Standin works. */
export const overviewFile = lateFile(() => import('./overview-parts.tsx'))
