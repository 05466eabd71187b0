import type { ErrorReason } from '../error-reasons.ts'

/** Why a run stopped, by each reason that a run can end with: a whole sentence, for emails and the app. */
export const stoppedBecause = (app: string) =>
  ({
    INSTALLATION_NOT_FOUND: `${app} is not installed on this account.`,
    INSTALLATION_UNINSTALLED: `${app} was removed from this account.`,
    INSTALLATION_PAUSED: `Those who run ${app} paused this account.`,
    CREDENTIALS_REJECTED: 'Trackunit refused our access.',
    CREDENTIALS_QUARANTINED: 'Our access is locked away.',
    SCOPE_NOT_GRANTED: 'A required permission is missing.',
    PLAN_REQUIRED: 'Your Trackunit plan does not include this.',
    TRACKUNIT_UNAVAILABLE: 'Trackunit stopped answering.',
    TRACKUNIT_RATE_LIMITED: 'Trackunit kept asking us to slow down.',
    TRACKUNIT_REFUSED: 'Trackunit refused the request.',
    STORAGE_UNAVAILABLE: 'Our database did not answer.',
    CREDENTIALS_PENDING: 'Our access does not work yet.',
    CREDENTIALS_AWAITING_APPROVAL: 'New access needs an administrator’s decision.',
    ACTION_NOT_FOUND: 'The action no longer exists.',
    INPUT_INVALID: 'The action no longer accepts these choices.',
    ACTION_FAILED: 'The action could not do its work.',
    ACTION_FAULTY: 'The action has a mistake that its maker must correct.',
    ACTION_CHANGED: 'The action was changed after this run began. Start it again.',
    RUN_STUCK: 'The server failed several times during this run.',
    EFFECT_UNKNOWN: 'It is unknown whether Trackunit made the last change. Check in Trackunit, then start again.',
    RESTORED:
      'Our server went back to an earlier state, so it is unknown what happened after that. Check, then start again.',
    STORAGE_FULL: 'The results and files of this account use all their space. Old ones are deleted automatically.',
    INTERNAL: `Something went wrong in ${app}.`,
  }) satisfies Partial<Record<ErrorReason, string>>

/** The same in any language. @param app the app's name */
export type StoppedBecause = (app: string) => Record<keyof ReturnType<typeof stoppedBecause>, string>
