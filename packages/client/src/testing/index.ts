export {
  createFakeStandin,
  type FakeStandin,
  type FakeStandinOptions,
  type ProcedurePath,
  type StartedRun,
} from './create-fake-standin.ts'
export type { FakeEnding, FakeFile, FakeProgress } from './fake-runs.ts'
