import { z } from 'zod'
import { accountChangeSchema } from './account-change.ts'
import { accountIdSchema } from './account-id.ts'
import { actionSchema } from './action.ts'
import { auditActorKindSchema, auditEntrySchema, auditKindSchema, auditTotalSchema } from './audit.ts'
import { installationSchema } from './installation.ts'
import { installationEventSchema } from './installation-event.ts'
import {
  filterChoicesSchema,
  filterIdSchema,
  filterNameSchema,
  machineFilterSchema,
  savedFilterSchema,
} from './machine-filter.ts'
import { momentSchema } from './moment.ts'
import { pageInput, pageOutput } from './paging.ts'
import { timeZoneSchema } from './reader-habits.ts'
import {
  artifactIdSchema,
  idempotencyKeySchema,
  runIdSchema,
  runSchema,
  runStateSchema,
  startRunInputSchema,
} from './run.ts'
import { lastEventIdSchema, runEventSchema } from './run-event.ts'
import { runResultSchema } from './run-result.ts'
import {
  createScheduleInputSchema,
  recurrenceSchema,
  scheduleIdSchema,
  scheduleSchema,
  updateScheduleInputSchema,
} from './schedule.ts'
import { issuedTokenSchema, issueTokenInputSchema } from './token.ts'

/** One procedure of the API. What is declared here is what the server enforces and what the client offers. */
export interface ProcedureContract {
  kind: 'query' | 'mutation' | 'subscription'
  input: z.ZodType
  /** Of a subscription: one event's data; its id makes the stream resumable. */
  output: z.ZodType
  /** Who may call it at all; everyone else is refused before the input is looked at. */
  callers: readonly ('user' | 'service')[]
  /** Where the account stands on which the caller must be allowed to act; `caller`: all that it was granted. */
  account: 'input' | 'run' | 'schedule' | 'artifact' | 'caller'
  /** Of users only those whose own token has the scopes of `USER_TOKEN_ADMIN_SCOPES`. */
  administrators?: true
}

const both = ['user', 'service'] as const
const account = z.strictObject({ accountId: accountIdSchema })
const run = z.strictObject({ runId: runIdSchema })
const schedule = z.strictObject({ scheduleId: scheduleIdSchema })
const credentials = z.strictObject({ accountId: accountIdSchema, generation: z.int().min(1) })

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
    list: {
      kind: 'query',
      input: z.strictObject(pageInput),
      output: z.object({ installations: z.array(installationSchema), ...pageOutput }),
      callers: ['service'],
      account: 'caller',
    },
    events: {
      kind: 'subscription',
      input: z.strictObject({ lastEventId: lastEventIdSchema }),
      output: installationEventSchema,
      callers: ['service'],
      account: 'caller',
    },
    /** What changes on one account, at once, for people who look at it: states, not a history, so nothing is resumed. */
    watch: {
      kind: 'subscription',
      input: z.strictObject({ accountId: accountIdSchema, lastEventId: lastEventIdSchema }),
      output: accountChangeSchema,
      callers: ['user'],
      account: 'input',
    },
    /** Asks Trackunit now whether access that does not work (any more) does. It is not asked more often than it likes. */
    tryNow: { kind: 'mutation', input: account, output: installationSchema, callers: ['user'], account: 'input' },
    approve: {
      kind: 'mutation',
      input: credentials,
      output: installationSchema,
      callers: ['user'],
      account: 'input',
      administrators: true,
    },
    refuse: {
      kind: 'mutation',
      input: credentials,
      output: installationSchema,
      callers: ['user'],
      account: 'input',
      administrators: true,
    },
    confirmUninstall: {
      kind: 'mutation',
      input: account,
      output: installationSchema,
      callers: ['user'],
      account: 'input',
      administrators: true,
    },
    /** The signal is not true: everything goes on, and it is not asked about again. */
    dismissUninstall: {
      kind: 'mutation',
      input: account,
      output: installationSchema,
      callers: ['user'],
      account: 'input',
      administrators: true,
    },
  },
  action: {
    list: {
      kind: 'query',
      input: z.strictObject({
        accountId: accountIdSchema,
        /** A BCP 47 tag; without it, or where an action has no words in it, its English ones are all there is. */
        language: z.string().max(40).optional(),
      }),
      output: z.object({
        actions: z.array(actionSchema),
        /** Whether this server can send results by email. */
        sendsEmail: z.boolean(),
      }),
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
        scheduleId: scheduleIdSchema.optional(),
        ...pageInput,
      }),
      output: z.object({ runs: z.array(runSchema), ...pageOutput }),
      callers: both,
      account: 'input',
    },
    cancel: { kind: 'mutation', input: run, output: runSchema, callers: both, account: 'run' },
    retry: {
      kind: 'mutation',
      input: z.strictObject({ runId: runIdSchema, idempotencyKey: idempotencyKeySchema }),
      output: runSchema,
      callers: both,
      account: 'run',
    },
    result: {
      kind: 'query',
      input: z.strictObject({
        runId: runIdSchema,
        /** Words that a row's machine or text cells must hold, whatever their case. */
        search: z.string().max(200).optional(),
        /** By a filterable column's key, the value that it must have. */
        filter: z.record(z.string().max(60), z.string().max(200)).optional(),
        /** Only what the last run of the action did not have. */
        onlyNew: z.boolean().optional(),
        /** Without it: in the action's own order, the worst first. */
        sort: z.strictObject({ key: z.string().max(60), descending: z.boolean().default(false) }).optional(),
        /** Begins with the nth row from 0, in place of a cursor: for who jumps within a long result. */
        offset: z.int().min(0).max(10_000_000).optional(),
        ...pageInput,
      }),
      output: runResultSchema.extend(pageOutput),
      callers: both,
      account: 'run',
    },
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
  schedule: {
    list: {
      kind: 'query',
      input: z.strictObject({ accountId: accountIdSchema, ...pageInput }),
      output: z.object({ schedules: z.array(scheduleSchema), ...pageOutput }),
      callers: both,
      account: 'input',
    },
    create: {
      kind: 'mutation',
      input: createScheduleInputSchema,
      output: scheduleSchema,
      callers: both,
      account: 'input',
    },
    update: {
      kind: 'mutation',
      input: updateScheduleInputSchema,
      output: scheduleSchema,
      callers: both,
      account: 'schedule',
    },
    pause: { kind: 'mutation', input: schedule, output: scheduleSchema, callers: both, account: 'schedule' },
    resume: { kind: 'mutation', input: schedule, output: scheduleSchema, callers: both, account: 'schedule' },
    delete: { kind: 'mutation', input: schedule, output: z.object({}), callers: both, account: 'schedule' },
    /** The next five times of a recurrence, before it is saved. */
    preview: {
      kind: 'query',
      input: z.strictObject({ accountId: accountIdSchema, recurrence: recurrenceSchema, timeZone: timeZoneSchema }),
      output: z.object({ times: z.array(momentSchema).max(5) }),
      callers: both,
      account: 'input',
    },
  },
  delivery: {
    /** With what a receiver of this account's signed POSTs checks them (`whsec_…`). */
    signingSecret: {
      kind: 'query',
      input: account,
      output: z.object({ signingSecret: z.string() }),
      callers: both,
      account: 'input',
      administrators: true,
    },
  },
  filter: {
    list: {
      kind: 'query',
      input: account,
      output: z.object({ filters: z.array(savedFilterSchema) }),
      callers: both,
      account: 'input',
    },
    /** Under a name that is taken, the filter of that name is replaced. */
    save: {
      kind: 'mutation',
      input: z.strictObject({ accountId: accountIdSchema, name: filterNameSchema, filter: machineFilterSchema }),
      output: savedFilterSchema,
      callers: both,
      account: 'input',
    },
    delete: {
      kind: 'mutation',
      input: z.strictObject({ accountId: accountIdSchema, filterId: filterIdSchema }),
      output: z.object({}),
      callers: both,
      account: 'input',
    },
    choices: {
      kind: 'query',
      input: z.strictObject({
        accountId: accountIdSchema,
        search: z.string().max(100).optional(),
        filter: machineFilterSchema.default({}),
      }),
      output: filterChoicesSchema,
      callers: both,
      account: 'input',
    },
  },
  audit: {
    list: {
      kind: 'query',
      input: z.strictObject({
        accountId: accountIdSchema,
        from: momentSchema.optional(),
        to: momentSchema.optional(),
        actorId: z.string().max(200).optional(),
        actorKinds: z.array(auditActorKindSchema).max(6).optional(),
        kinds: z.array(auditKindSchema).max(4).optional(),
        /** The single changes of this run, each with its outcome; without it they are one entry, `run.changed`. */
        changesOfRun: runIdSchema.optional(),
        /** Says `total` as well. */
        counted: z.boolean().optional(),
        ...pageInput,
      }),
      output: z.object({
        entries: z.array(auditEntrySchema),
        /** Of all pages, where `counted` asked for it. */
        total: auditTotalSchema.nullable(),
        ...pageOutput,
      }),
      callers: both,
      account: 'input',
    },
  },
} as const satisfies Record<string, Record<string, ProcedureContract>>

export type Procedures = typeof procedures
