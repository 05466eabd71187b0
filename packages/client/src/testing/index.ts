export {
  createFakeStandin,
  type FakeStandin,
  type FakeStandinOptions,
  type ProcedurePath,
} from './create-fake-standin.ts'
