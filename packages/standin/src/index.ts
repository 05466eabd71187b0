export { type KeyedMessage, type Message, type ResultIcon, type StandinApp, textOf } from '@standin/contracts'
export { actionsIn } from './actions/actions-in.ts'
export type { ChangeWords } from './actions/change-words.ts'
export {
  type AccountHabits,
  type Action,
  type ActionLimits,
  type AnyAction,
  defineAction,
  type PartContext,
  type RunContext,
} from './actions/define-action.ts'
export { type Change, type ChangeRow, defineChange } from './actions/define-change.ts'
export { defineMessages, type Messages, type Say, together } from './actions/define-messages.ts'
export type { PreviewOfRun, PreviousRun } from './actions/run-predecessors.ts'
export { ConfigError } from './config/config-error.ts'
export { createStandin, type MakersParts, type RunningStandin, type Standin } from './create-standin.ts'
export { machineFilterInput, matchesFilter } from './machines/filters/machine-filter-input.ts'
export type {
  KnownMachine,
  MachineHistory,
  MachineReading,
  MachineRegister,
  SeenCounters,
  SeenMachine,
} from './machines/machine-register.ts'
export type { ArtifactWriter } from './results/artifacts/artifact-writer.ts'
export { createCsvArtifact, createXlsxArtifact } from './results/artifacts/result-files.ts'
export { toCsv } from './results/artifacts/table-files.ts'
export type { GivenColumn, ResultWriter } from './results/result-writer.ts'
export type { GivenRow } from './results/understand-rows.ts'
export { runServer } from './run-server.ts'
export { ActionFailed } from './runs/action-failed.ts'
export type { Effect } from './runs/run-effects.ts'
export { StandinError } from './standin-error.ts'
export type { TypedDocument } from './trackunit/graphql-document.ts'
export { pages } from './trackunit/pages.ts'
export type {
  Connection,
  ConnectionOf,
  ConnectionPage,
  ListOf,
  ListPage,
  Page,
  TrackunitClient,
} from './trackunit/trackunit-client.ts'
