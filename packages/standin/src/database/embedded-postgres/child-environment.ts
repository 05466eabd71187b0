/** The environment of PostgreSQL: it must not inherit encryption keys, which its own children would show. */
export function childEnvironment(host: NodeJS.ProcessEnv): Record<string, string> {
  return {
    PATH: host.PATH ?? '/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    HOME: '/',
    // Without these two nothing starts on Windows.
    ...(host.SystemRoot && { SystemRoot: host.SystemRoot }),
    ...(host.TEMP && { TEMP: host.TEMP }),
  }
}
