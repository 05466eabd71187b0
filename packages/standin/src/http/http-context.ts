import type { AccessContext } from '../access/access-context.ts'

/** Finds the account that a thing with an id of its own belongs to; undefined where there is no such thing. */
export interface AccountLookups {
  accountOfRun(runId: string): Promise<string | undefined>
  accountOfSchedule(scheduleId: string): Promise<string | undefined>
  accountOfArtifact(artifactId: string): Promise<string | undefined>
}

/** The context of what is called from outside. */
export type HttpContext = AccessContext & { http: AccountLookups }
