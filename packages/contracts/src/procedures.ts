import { z } from 'zod'
import { accountChangeSchema } from './account-change.ts'
import { accountIdSchema } from './account-id.ts'
import { actionIdSchema, actionSchema } from './action.ts'
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
  askReceiverInputSchema,
  receiverInputSchema,
  receiverSchema,
  receiversSchema,
  trustInputSchema,
} from './receiver.ts'
import {
  artifactIdSchema,
  deliverySchema,
  idempotencyKeySchema,
  runIdSchema,
  runSchema,
  runStateSchema,
  startRunInputSchema,
  undeliveredSchema,
} from './run.ts'
import { lastEventIdSchema, runEventSchema } from './run-event.ts'
import { areaSchema, rowMachineSchema, runResultSchema } from './run-result.ts'
import {
  createScheduleInputSchema,
  recurrenceSchema,
  scheduleIdSchema,
  scheduleSchema,
  updateScheduleInputSchema,
} from './schedule.ts'
import { lineSchema, textSchema } from './text.ts'
import { issuedTokenSchema, issueTokenInputSchema } from './token.ts'

/** One procedure of the API: the server enforces this declaration, and the client offers the procedure. */
export interface ProcedureContract {
  kind: 'query' | 'mutation' | 'subscription'
  input: z.ZodType
  /** Of a subscription: one event's data; its id makes the stream resumable. */
  output: z.ZodType
  /** Who may call it; others are refused before the input is read. */
  callers: readonly ('user' | 'service')[]
  /** Where the input names the account; the caller needs access to it. `caller`: all accounts that it was granted. */
  account: 'input' | 'run' | 'schedule' | 'artifact' | 'caller'
  /** Only users whose token has the scopes of `USER_TOKEN_ADMIN_SCOPES`. */
  administrators?: true
}

const both = ['user', 'service'] as const
const account = z.strictObject({ accountId: accountIdSchema })
const run = z.strictObject({ runId: runIdSchema })
const schedule = z.strictObject({ scheduleId: scheduleIdSchema })
const credentials = z.strictObject({ accountId: accountIdSchema, generation: z.int32().min(1) })

/** The API, defined once for the server, the client and the access test. */
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
    /** Live changes of one account. They are states, not a history: the stream cannot be resumed. */
    watch: {
      kind: 'subscription',
      input: z.strictObject({
        accountId: accountIdSchema,
        /**
         * How long ago, in milliseconds, the caller asked for what it knows of the account's runs: if nothing has changed
         * since, the stream does not begin with `runs`.
         */
        knownForMs: z.int().min(0).max(600_000).optional(),
        lastEventId: lastEventIdSchema,
      }),
      output: accountChangeSchema,
      callers: ['user'],
      account: 'input',
    },
    /** Tries access that does not work again, within Trackunit's rate limit. */
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
    /** Dismisses the signal as false: work continues, and Standin does not ask again. */
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
        /** A BCP 47 tag; without it, or if an action has no messages in the language, `messages` is empty. */
        language: lineSchema(40).optional(),
      }),
      output: z.object({
        actions: z.array(actionSchema),
        /** Whether this server can send results by email. */
        sendsEmail: z.boolean(),
      }),
      callers: both,
      account: 'input',
    },
    /**
     * How many machines the account has, for who is about to start this action for the first time: Trackunit's own count, at
     * most a quarter of an hour old. Null if Trackunit does not say within seconds.
     */
    countMachines: {
      kind: 'query',
      input: z.strictObject({ accountId: accountIdSchema, actionId: lineSchema(60) }),
      output: z.object({ machines: z.int().min(0).nullable() }),
      callers: ['user'],
      account: 'input',
    },
    /** For a plan that was bought after Trackunit refused: actions that need it can be started at once, not after a day. */
    tryPlan: { kind: 'mutation', input: account, output: z.object({}), callers: ['user'], account: 'input' },
  },
  run: {
    start: { kind: 'mutation', input: startRunInputSchema, output: runSchema, callers: both, account: 'input' },
    get: { kind: 'query', input: run, output: runSchema, callers: both, account: 'run' },
    list: {
      kind: 'query',
      input: z.strictObject({
        accountId: accountIdSchema,
        actionId: lineSchema(60).optional(),
        states: z.array(runStateSchema).max(7).optional(),
        scheduleId: scheduleIdSchema.optional(),
        /** Only runs that make the changes of this preview. */
        previewRunId: runIdSchema.optional(),
        ...pageInput,
      }),
      output: z.object({ runs: z.array(runSchema), ...pageOutput }),
      callers: both,
      account: 'input',
    },
    /** The last run of each action that has ended, newest first; of actions that the server has and the caller may read. */
    latest: {
      kind: 'query',
      input: account,
      output: z.object({ runs: z.array(runSchema) }),
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
        /** Words that the row's machine or text cells must contain, ignoring case. Messages are searched in English. */
        search: textSchema(200).optional(),
        /** The required value of a filterable column, by the column's key. */
        filter: z.record(lineSchema(60), textSchema(200)).optional(),
        /** Only rows that the previous run did not have. */
        onlyNew: z.boolean().optional(),
        /** Only rows whose position is in an area, or those without a known position. */
        within: z.union([areaSchema, z.literal('nowhere')]).optional(),
        /** Without it, rows have the action's own order, worst first. */
        sort: z.strictObject({ key: lineSchema(60), descending: z.boolean().default(false) }).optional(),
        /** Index of the first row, from 0, instead of a cursor: to jump within a long result. */
        offset: z.int().min(0).max(10_000_000).optional(),
        ...pageInput,
      }),
      output: runResultSchema.extend(pageOutput),
      callers: both,
      account: 'run',
    },
    /** The machines that one of the account's last 32 runs read, as they were last read, by name. */
    machines: {
      kind: 'query',
      input: z.strictObject({ runId: runIdSchema, filter: machineFilterSchema, ...pageInput }),
      output: z.object({ machines: z.array(rowMachineSchema), ...pageOutput }),
      callers: ['user'],
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
      output: z.object({
        schedules: z.array(scheduleSchema),
        /** The actions whose offered schedule this caller has declined. */
        declined: z.array(z.string()),
        ...pageOutput,
      }),
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
    /** Declines the schedule that the app offers for an action: it is not offered to this user again. */
    declineOffer: {
      kind: 'mutation',
      input: z.strictObject({ accountId: accountIdSchema, actionId: actionIdSchema }),
      output: z.object({}),
      callers: ['user'],
      account: 'input',
    },
    /** The next five times of a recurrence that is not saved yet. */
    preview: {
      kind: 'query',
      input: z.strictObject({ accountId: accountIdSchema, recurrence: recurrenceSchema, timeZone: timeZoneSchema }),
      output: z.object({ times: z.array(momentSchema).max(5) }),
      callers: both,
      account: 'input',
    },
  },
  delivery: {
    /**
     * Results that did not reach their receiver, newest first, at most 20: while the result is kept, until it is sent again,
     * a later one of the same schedule is sent there, or the schedule no longer sends there. Of runs that were started by
     * hand, until a later one of the action reached someone.
     */
    undelivered: {
      kind: 'query',
      input: account,
      output: z.object({ deliveries: z.array(undeliveredSchema) }),
      callers: both,
      account: 'input',
    },
    /** Tries once more to deliver a result; changes nothing unless the delivery has failed. */
    resend: {
      kind: 'mutation',
      input: z.strictObject({ runId: runIdSchema, deliveryId: lineSchema(100) }),
      output: deliverySchema,
      callers: both,
      account: 'run',
    },
    /** The secret to verify this account's signed POSTs (`whsec_…`). */
    signingSecret: {
      kind: 'query',
      input: account,
      output: z.object({ signingSecret: z.string() }),
      callers: both,
      account: 'input',
      administrators: true,
    },
  },
  receiver: {
    /** Who may get the account's results besides the people who ask for them. */
    list: { kind: 'query', input: account, output: receiversSchema, callers: both, account: 'input' },
    /** Trusts a domain. Changes nothing if it is trusted already. */
    trust: {
      kind: 'mutation',
      input: trustInputSchema,
      output: z.object({}),
      callers: ['user'],
      account: 'input',
      administrators: true,
    },
    /** Trusts a domain no longer. What schedules send there fails from now on. */
    distrust: {
      kind: 'mutation',
      input: trustInputSchema,
      output: z.object({}),
      callers: ['user'],
      account: 'input',
      administrators: true,
    },
    /** Sends an email that asks its reader whether they want results; until they agree, none is sent. */
    ask: { kind: 'mutation', input: askReceiverInputSchema, output: receiverSchema, callers: both, account: 'input' },
    /** An address that was confirmed has to confirm again. What schedules send there fails from now on. */
    remove: {
      kind: 'mutation',
      input: receiverInputSchema,
      output: z.object({}),
      callers: ['user'],
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
    /** Replaces a filter of the same name. */
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
        search: textSchema(100).optional(),
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
        actorId: textSchema(200).optional(),
        actorKinds: z.array(auditActorKindSchema).max(6).optional(),
        kinds: z.array(auditKindSchema).max(4).optional(),
        /** Returns this run's changes one by one, each with its outcome; without it they are one entry, `run.changed`. */
        changesOfRun: runIdSchema.optional(),
        /** Returns `total` too. */
        counted: z.boolean().optional(),
        ...pageInput,
      }),
      output: z.object({
        entries: z.array(auditEntrySchema),
        /** The number of entries on all pages, if `counted` is set. */
        total: auditTotalSchema.nullable(),
        ...pageOutput,
      }),
      callers: both,
      account: 'input',
    },
  },
} as const satisfies Record<string, Record<string, ProcedureContract>>

export type Procedures = typeof procedures
