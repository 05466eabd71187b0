import type { createKeyDirectory } from '../access/key-directory.ts'
import { createAuditProcedures } from '../audit/audit-procedures.ts'
import { listCredentials } from '../credentials/credential-store.ts'
import { approveCredentials, refuseCredentials } from '../credentials/decide-credentials.ts'
import { tryAccessNow } from '../credentials/try-access-now.ts'
import { createRouter } from '../http/router.ts'
import { createContracted } from '../http/trpc.ts'
import { createAccountChanges } from '../installations/account-changes.ts'
import { confirmUninstall } from '../installations/confirm-uninstall.ts'
import { describeInstallation } from '../installations/describe-installation.ts'
import { dismissUninstall } from '../installations/dismiss-uninstall.ts'
import { createInstallationEvents } from '../installations/installation-events.ts'
import { createInstallationProcedures } from '../installations/installation-procedures.ts'
import { findInstallation, listAccounts } from '../installations/installation-store.ts'
import { createActionProcedures } from '../runs/action-procedures.ts'
import type { createArtifactLinks } from '../runs/artifacts/artifact-link.ts'
import { createArtifactProcedures } from '../runs/artifacts/artifact-procedures.ts'
import { accountOfArtifact } from '../runs/artifacts/artifact-store.ts'
import { createLinkArtifact } from '../runs/artifacts/link-artifact.ts'
import { createDeliveryProcedures } from '../runs/delivery/delivery-procedures.ts'
import { deliveriesOfRuns } from '../runs/delivery/delivery-store.ts'
import { createShowSigningSecret } from '../runs/delivery/show-signing-secret.ts'
import { createFilterProcedures } from '../runs/filters/filter-procedures.ts'
import { createCheckMayRead } from '../runs/read-right.ts'
import { createReadResult } from '../runs/results/read-result.ts'
import { createResultProcedures } from '../runs/results/result-procedures.ts'
import { usualTimesOf } from '../runs/run-list-store.ts'
import { createRunProcedures } from '../runs/run-procedures.ts'
import { accountOfRun } from '../runs/run-store.ts'
import { createScheduleProcedures } from '../runs/schedules/schedule-procedures.ts'
import { accountOfSchedule } from '../runs/schedules/schedule-store.ts'
import { createStartRun } from '../runs/start-run.ts'
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
