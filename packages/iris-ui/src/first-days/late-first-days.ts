import { lateParts } from '../parts/late-parts.tsx'

export const firstDays = lateParts(() => import('./first-days.tsx'))
