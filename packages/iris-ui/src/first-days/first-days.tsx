export { FirstReads } from './first-reads.tsx'
export { FirstResult } from './first-result.tsx'
