export { createActionStage, fleetOf, type Played } from './action-stage.ts'
export { missingTranslations } from './missing-translations.ts'
export type { PlayedRequests, SimulatedEvent, SimulatedMachine, SimulatedTrackunit } from './trackunit-in-memory.ts'
