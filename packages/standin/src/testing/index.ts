export { createActionStage, fleetOf, type Played } from './action-stage.ts'
export type { SimulatedEvent, SimulatedMachine, SimulatedTrackunit } from './trackunit-in-memory.ts'
