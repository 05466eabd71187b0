import type { createKeyDirectory } from '../access/key-directory.ts'
import { createAccountChanges } from '../accounts/account-changes.ts'
import { confirmUninstall } from '../accounts/confirm-uninstall.ts'
import { listCredentials } from '../accounts/credential-store.ts'
import { approveCredentials, refuseCredentials } from '../accounts/decide-credentials.ts'
import { describeInstallation } from '../accounts/describe-installation.ts'
import { dismissUninstall } from '../accounts/dismiss-uninstall.ts'
import { createInstallationEvents } from '../accounts/installation-events.ts'
import { createInstallationProcedures } from '../accounts/installation-procedures.ts'
import { findInstallation, listAccounts } from '../accounts/installation-store.ts'
import { tryAccessNow } from '../accounts/try-access-now.ts'
import { createActionProcedures } from '../actions/action-procedures.ts'
import { createAuditProcedures } from '../activity/activity-procedures.ts'
import { createDeliveryProcedures } from '../deliveries/delivery-procedures.ts'
import { deliveriesOfRuns } from '../deliveries/delivery-store.ts'
import { createShowSigningSecret } from '../deliveries/show-signing-secret.ts'
import { createRouter } from '../http/router.ts'
import { createContracted } from '../http/trpc.ts'
import { createFilterProcedures } from '../machines/filters/filter-procedures.ts'
import type { createArtifactLinks } from '../results/artifacts/artifact-link.ts'
import { createArtifactProcedures } from '../results/artifacts/artifact-procedures.ts'
import { accountOfArtifact } from '../results/artifacts/artifact-store.ts'
import { createLinkArtifact } from '../results/artifacts/link-artifact.ts'
import { createReadResult } from '../results/read-result.ts'
import { createResultProcedures } from '../results/result-procedures.ts'
import { createCheckMayRead } from '../runs/read-right.ts'
import { usualTimesOf } from '../runs/run-list-store.ts'
import { createRunProcedures } from '../runs/run-procedures.ts'
import { accountOfRun } from '../runs/run-store.ts'
import { createStartRun } from '../runs/start-run.ts'
import { createScheduleProcedures } from '../schedules/schedule-procedures.ts'
import { accountOfSchedule } from '../schedules/schedule-store.ts'
import { findTrackunitTrouble } from '../tokens/exchange-store.ts'
import type { createIssueToCaller } from '../tokens/issue-to-caller.ts'
import { createTokenProcedures } from '../tokens/token-procedures.ts'
import type { Foundation } from './open-foundation.ts'
import type { Runs } from './start-runs.ts'

interface Given {
  runs: Runs
  links: ReturnType<typeof createArtifactLinks>
  issueToCaller: ReturnType<typeof createIssueToCaller>
  keyDirectory: Awaited<ReturnType<typeof createKeyDirectory>>
}

/** Every procedure of the contract, with what it needs. */
export async function buildRouter(
  { config, db, clock, listener, uninstall, manifestScopes }: Foundation,
  { runs, links, issueToCaller, keyDirectory }: Given,
) {
  const { catalogue, queue, scopesIfServed } = runs
  const contracted = createContracted(
    {
      accountOfRun: (runId) => accountOfRun(db, runId),
      accountOfSchedule: (scheduleId) => accountOfSchedule(db, scheduleId),
      accountOfArtifact: (artifactId) => accountOfArtifact(db, artifactId),
    },
    { administratorScopes: config.userTokens?.administratorScopes },
  )
  const checkMayRead = createCheckMayRead({ findAction: catalogue.find })

  return createRouter({
    token: createTokenProcedures({ contracted, issueToCaller }),
    installation: createInstallationProcedures({
      ...{ contracted, clock },
      describe: async (accountId) =>
        describeInstallation(accountId, {
          installation: await findInstallation(db, accountId),
          rows: await listCredentials(db, accountId),
          requestedScopes: manifestScopes,
          patienceMs: config.callback.patienceMs,
          trackunit: await findTrackunitTrouble(db, accountId),
        }),
      tryNow: (asked) => tryAccessNow(asked, { db, clock }),
      listAccounts: (accounts, page) => listAccounts(db, accounts, page),
      events: await createInstallationEvents({ db, listener }),
      changes: await createAccountChanges({ listener }),
      currentService: keyDirectory.current,
      decisions: {
        approve: (decision) => approveCredentials(db, decision),
        refuse: (decision) => refuseCredentials(db, decision),
        confirmUninstall: (decision) => confirmUninstall(decision, { db, uninstall }),
        dismissUninstall: (decision) => dismissUninstall(decision, { db }),
      },
    }),
    action: createActionProcedures({
      ...{ contracted, catalogue, scopesOf: scopesIfServed },
      usualTimesOf: (accountId) => usualTimesOf(db, accountId),
      sendsEmail: config.delivery.smtp !== undefined,
    }),
    run: {
      ...createRunProcedures({
        ...{ contracted, db, queue, clock },
        ...{ events: runs.events, keptUntil: runs.keptUntil },
        deliveriesOf: (rows) => deliveriesOfRuns(db, rows),
        startRun: createStartRun({ db, queue, ...runs.starting }),
        checkMayCancel: checkMayRead,
      }),
      ...createResultProcedures({ contracted, readResult: createReadResult({ db, checkMayRead }) }),
    },
    schedule: createScheduleProcedures({ ...{ contracted, db, clock }, manage: runs.manageSchedules }),
    delivery: createDeliveryProcedures({
      contracted,
      showSigningSecret: createShowSigningSecret({ db, signingSecretOf: runs.signingSecretOf }),
    }),
    artifact: createArtifactProcedures({ contracted, linkArtifact: createLinkArtifact({ db, links, checkMayRead }) }),
    filter: createFilterProcedures({ contracted, db }),
    audit: createAuditProcedures({ contracted, db }),
  })
}
