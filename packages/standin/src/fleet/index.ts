export { machineOfRow } from '../machines/machine-of-row.ts'
export { createNews } from '../trackunit/news.ts'
export * as answered from './answered.ts'
export { readCounters } from './counters-snapshot.ts'
export {
  gapsOfList,
  type Listing,
  lacksOfList,
  listingSchema,
  listMachines,
  newListing,
  partOfList,
} from './list-machines.ts'
export { machineTexts, sayOfMachines } from './machine-messages.ts'
export { type Reading, readIfPossible } from './read-if-possible.ts'
export { type Counts, countIn, topBars } from './top-bars.ts'
export { placeOf, typeName } from './words.ts'
