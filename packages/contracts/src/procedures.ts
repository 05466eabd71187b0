import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { actionSchema } from './action.ts'
import { installationSchema } from './installation.ts'
import { momentSchema } from './moment.ts'
import { pageInput, pageOutput } from './paging.ts'
import { artifactIdSchema, runIdSchema, runSchema, runStateSchema, startRunInputSchema } from './run.ts'
import { lastEventIdSchema, runEventSchema } from './run-event.ts'
import { issuedTokenSchema, issueTokenInputSchema } from './token.ts'

/** One procedure of the API. What is declared here is what the server enforces and what the client offers. */
export interface ProcedureContract {
  kind: 'query' | 'mutation' | 'subscription'
  input: z.ZodType
  /** Of a subscription: one event's data; its id makes the stream resumable. */
  output: z.ZodType
  /** Who may call it at all; everyone else is refused before the input is looked at. */
  callers: readonly ('user' | 'service')[]
  /** Where the account stands on which the caller must be allowed to act. */
  account: 'input' | 'run' | 'artifact'
}

const both = ['user', 'service'] as const
const account = z.strictObject({ accountId: accountIdSchema })
const run = z.strictObject({ runId: runIdSchema })

/** The API, written once: server, client and the test of access read it. */
export const procedures = {
  token: {
    issue: {
      kind: 'mutation',
      input: issueTokenInputSchema,
      output: issuedTokenSchema,
      callers: ['service'],
      account: 'input',
    },
  },
  installation: {
    get: { kind: 'query', input: account, output: installationSchema, callers: both, account: 'input' },
  },
  action: {
    list: {
      kind: 'query',
      input: account,
      output: z.object({ actions: z.array(actionSchema) }),
      callers: both,
      account: 'input',
    },
  },
  run: {
    start: { kind: 'mutation', input: startRunInputSchema, output: runSchema, callers: both, account: 'input' },
    get: { kind: 'query', input: run, output: runSchema, callers: both, account: 'run' },
    list: {
      kind: 'query',
      input: z.strictObject({
        accountId: accountIdSchema,
        actionId: z.string().max(60).optional(),
        states: z.array(runStateSchema).max(7).optional(),
        ...pageInput,
      }),
      output: z.object({ runs: z.array(runSchema), ...pageOutput }),
      callers: both,
      account: 'input',
    },
    cancel: { kind: 'mutation', input: run, output: runSchema, callers: both, account: 'run' },
    events: {
      kind: 'subscription',
      input: z.strictObject({ runId: runIdSchema, lastEventId: lastEventIdSchema }),
      output: runEventSchema,
      callers: both,
      account: 'run',
    },
  },
  artifact: {
    link: {
      kind: 'mutation',
      input: z.strictObject({ artifactId: artifactIdSchema }),
      output: z.object({ url: z.string(), expiresAt: momentSchema }),
      callers: both,
      account: 'artifact',
    },
  },
} as const satisfies Record<string, Record<string, ProcedureContract>>

export type Procedures = typeof procedures
