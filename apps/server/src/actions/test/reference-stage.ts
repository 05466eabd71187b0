import { createActionStage } from 'standin/testing'

/** Columns of these actions that hold their own words. */
const ownColumns = ['also', 'reason', 'kind', 'grade', 'outcome', 'since', 'change', 'by', 'week']

export const createReferenceStage = (given: Parameters<typeof createActionStage>[0] = {}) =>
  createActionStage({ ownColumns, ...given })
