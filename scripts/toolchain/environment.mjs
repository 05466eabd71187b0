import { delimiter, dirname, join } from 'node:path'

/** The environment of the command: the pinned Node and pnpm first, then what the workspace installed. */
export const environment = ({ root, binFolders }) => {
  // Windows writes it `Path`; a copy of process.env no longer ignores the case.
  const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const path = [...binFolders, join(root, 'node_modules', '.bin'), dirname(process.execPath), process.env[pathName]]
  return {
    ...process.env,
    [pathName]: path.filter(Boolean).join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  }
}
