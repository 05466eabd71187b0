export { FirstResult } from './first-result.tsx'
export { FirstVisit } from './first-visit.tsx'
