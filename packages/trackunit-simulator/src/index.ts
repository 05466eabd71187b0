export { knownAccounts } from './accounts.ts'
export { createSimulator, type SimulatorOptions } from './create-simulator.ts'
