export type { ActionTexts } from '@standin/contracts'
export { ConfigError } from './config/config-error.ts'
export { createStandin, type MakersParts, type RunningStandin, type Standin } from './create-standin.ts'
export { runServer } from './run-server.ts'
export type { ArtifactWriter } from './runs/artifacts/artifact-writer.ts'
export { createCsvArtifact, createXlsxArtifact } from './runs/artifacts/result-files.ts'
export { toCsv } from './runs/artifacts/table-files.ts'
export {
  type AccountHabits,
  type Action,
  type ActionLimits,
  type AnyAction,
  defineAction,
  type Effect,
  type PartContext,
  type RunContext,
} from './runs/define-action.ts'
export { machineFilterInput, matchesFilter } from './runs/filters/machine-filter-input.ts'
export type {
  KnownMachine,
  MachineHistory,
  MachineReading,
  MachineRegister,
  SeenCounters,
  SeenMachine,
} from './runs/machines/machine-register.ts'
export type { GivenColumn, ResultWriter } from './runs/results/result-writer.ts'
export type { GivenRow } from './runs/results/understand-rows.ts'
export type { PreviewOfRun, PreviousRun } from './runs/run-predecessors.ts'
export { StandinError } from './standin-error.ts'
export { type Connection, type Page, pages } from './trackunit/pages.ts'
export type { TrackunitClient } from './trackunit/trackunit-client.ts'
