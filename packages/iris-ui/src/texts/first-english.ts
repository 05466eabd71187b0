import { type ErrorReason, type Message, textOf } from '@standin/client'
import { stoppedBecause } from '@standin/contracts/stopped-because/en'
import type { SaidMoment } from '../formats/create-formats.ts'
import { readable } from '../formats/readable.ts'
import type { TimeLeft } from '../formats/time-left.ts'

export interface AppWords {
  name: string
  /** An email address. */
  support?: string | undefined
}

const permissions: Record<string, string> = {
  'account.access-management.manage': 'See and change who may use machines',
  'account.alert.manage': 'See and change alerts',
  'account.alert.view': 'See alerts',
  'account.api-key.manage': 'See and change API keys',
  'account.asset.manage': 'Change machines',
  'account.audit-log.view': 'See the audit log',
  'account.billing.manage': 'See and change billing',
  'account.custom-fields.manage': 'See and change custom fields',
  'account.customer.manage': 'See and change customers',
  'account.delete': 'Delete the account',
  'account.event.manage': 'See and dismiss events',
  'account.event.report-issue': 'Report a fault as an event',
  'account.group.manage': 'See and change groups',
  'account.manage': 'Change the account',
  'account.marketplace.app.install': 'Install apps from the Marketplace',
  'account.service-management.network.manage': 'See and change service networks',
  'account.service-management.network.view': 'See service networks',
  'account.service-management.service-plan.assignment.manage': 'Change which machine has which service plan',
  'account.service-management.service-plan.assignment.report': 'Report on the service plans of machines',
  'account.service-management.service-plan.assignment.service-registration.register': 'Register services done',
  'account.service-management.service-plan.assignment.service-registration.view': 'See services done',
  'account.service-management.service-plan.assignment.view': 'See which machine has which service plan',
  'account.service-management.service-plan.manage': 'See and change service plans',
  'account.service-management.service-plan.view': 'See service plans',
  'account.site.manage': 'See and change sites',
  'account.support-access.approval-flow': 'Approve access for support',
  'account.user.manage': 'See and change users',
  'account.view': 'See the account',
  'account.iris.app.store-secret': 'Keep the app’s secrets',
  'asset.view': 'See machines and their data',
  'api.iris.app.proxy.fetch': 'Ask other services through Trackunit',
}

export const askForHelp = (app: string, support: string | undefined) =>
  support ? `write to ${support}` : `tell those who run ${app}`
export const inSentence = ({ kind, day, clock }: SaidMoment) =>
  kind === 'today' || kind === 'yesterday' ? `${clock} ${day}` : `${day} at ${clock}`
export const onMoment = ({ kind, day, clock }: SaidMoment) =>
  kind === 'today' || kind === 'yesterday' ? `${day} at ${clock}` : `on ${day} at ${clock}`
export const count = (n: number) =>
  ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'][n] ?? String(n)
export const onDay = ({ kind, day }: SaidMoment) => (kind === 'today' || kind === 'yesterday' ? day : `on ${day}`)
export const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)
export const ordinal = (n: number) => {
  const teen = n % 100 > 10 && n % 100 < 14
  return `${n}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`
}
export const times = (n: number) => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`)

/** The English texts that the first JavaScript has: those of the frame and the overview. The others come with the other pages. */
export const firstEnglish = ({ name: app, support }: AppWords) => ({
  language: 'en-GB',
  /** What an action says. In the reader's language once the actions are known, see `WithActionMessages`. */
  ofAction: (_actionId: string, message: Message): string => textOf(message),
  permissions,
  /** A type of machine as Trackunit calls it, such as `MINI_EXCAVATOR`. */
  machineType: (type: string): string => readable(type),
  installation: {
    working: `${app} is working. Nothing needs you.`,
    workingButNeeds: (n: number) => `${app} is working. ${count(n)} ${n === 1 ? 'thing needs' : 'things need'} you.`,
    worksFor: (account: string) => `It works for ${account}, even when nobody is signed in.`,
    workingSince: (since: SaidMoment) => `Working since ${since.kind === 'today' ? inSentence(since) : since.day}.`,

    paused: (since: SaidMoment) => `${app} has been paused since ${inSentence(since)}.`,
  },
  needs: {
    heading: 'Needs you',
    removal: `Trackunit says ${app} was removed, but our access still works.`,
    removalMeans: (came: SaidMoment) => `The message arrived ${onMoment(came)}. ${app} keeps working until you decide.`,
    approval: `Someone installed ${app} again. Was it one of you?`,
    approvalMeans: `${app} keeps its current access unless you choose the new one.`,
    approvalReader: 'New access needs an administrator’s decision.',
    approvalReaderMeans: (came: SaidMoment) =>
      `Someone installed ${app} again ${onMoment(came)}. ${app} keeps its current access until an administrator decides.`,
    schedules: 'Your schedules',
    quarantined: 'We locked away new access, because it belongs to a different account.',
    quarantinedMeans: (came: SaidMoment) =>
      `It arrived ${onMoment(came)}. Nothing was read with it, and your current access still works. If one of you installed ${app} then, install it again.`,
    rejected: 'Trackunit refuses the new access it gave us.',
    rejectedMeans: (came: SaidMoment) =>
      `It arrived ${onMoment(came)}. ${app} keeps its current access. To replace it, install ${app} again.`,
    partial: (titles: string, one: boolean) => `${titles} ${one ? 'leaves' : 'leave'} something out.`,
    partialMeans: (permissions: string, one: boolean) =>
      `${permissions} ${one ? 'was' : 'were'} not allowed at installation, or ${one ? 'is' : 'are'} not in your Trackunit plan. The rest is complete. An administrator can allow it in Manager, under Apps.`,
    leftOut: (titles: string) => `${titles} cannot run.`,
    leftOutMeans: (permissions: string, one: boolean) =>
      `${permissions} ${one ? 'was' : 'were'} not allowed at installation, or ${one ? 'is' : 'are'} not in your Trackunit plan. An administrator can allow it in Manager, under Apps.`,
    restIsComplete: 'The rest is complete.',
    notInPlanMeans: (permissions: string, one: boolean) =>
      `${permissions} ${one ? 'is' : 'are'} not in your Trackunit plan.`,
    whichPlan: 'Your contact at Trackunit can say which plan has it.',
    openApps: 'See how to allow it',
    notDelivered: (title: string, to: string) => `The result of “${title}” did not reach ${to}.`,
    notDeliveredMeans: (tries: number) =>
      `The receiver did not answer. ${app} tried ${times(tries)}. The result is still here.`,
    stillHere: 'The result is still here.',
    refusedAddressMeans: 'The address does not accept the result. The result is still here.',
    confirmedMeans: 'Results may be sent there again. This one is still here.',
    unconfirmedMeans:
      'Results may no longer be sent there: the receiver wants no more, or its domain is not trusted. The result is still here.',
    receivers: 'See who may receive results',
    noEmailMeans: `This server cannot send email. Those who run ${app} can set it up. The result is still here.`,
    incomplete: (title: string) => `“${title}” could not check everything.`,
    runAgain: 'Try again',
    runAgainNamed: (title: string) => `Try again: ${title}`,
    tryPlan: 'We have it now: try again',
    planTried: 'The next start asks Trackunit again.',
    resend: 'Resend',
    resendNamed: (to: string) => `Resend to ${to}`,
    resent: (to: string) => `The result is on its way to ${to}.`,
    notResent: 'The result was not resent.',
    resumeNamed: (title: string) => `Resume the schedule “${title}”`,
    correct: 'Correct the address',
    look: 'Open the result',
    paused: (title: string) => `The schedule “${title}” is paused.`,
    openSchedule: 'Open the schedule',
    endsSoon: (title: string) => `The schedule “${title}” ends soon.`,
    changeSchedule: 'Change the schedule',
  },
  shell: {
    skip: 'Skip to content',
    tabs: app,
    overview: 'Overview',
    actions: 'Actions',
    schedules: 'Schedules',
    activity: 'Activity',
    access: 'Background access:',
    working: 'Working',
    gettingReady: 'Getting ready',
    notWorking: 'Not working',
    removed: 'Removed',
    paused: 'Paused',
    notLoaded: `This part of ${app} could not be loaded.`,
    notLoadedMeans: `${app} may have been updated, or the connection failed. After a reload you are back in this place.`,
    reload: 'Reload',
    stopped: 'Stopped',
    needsDecision: 'Needs a decision',
    trackunitDown: (since: SaidMoment) => `Trackunit has not answered since ${inSentence(since)}.`,
    trackunitDownNow: 'Trackunit is not answering.',
    trackunitDownMeans: (waiting: number) =>
      `${waiting > 0 ? `${waiting} ${waiting === 1 ? 'run waits and continues' : 'runs wait and continue'} automatically. ` : ''}Nothing is lost. You can still see everything and change schedules.`,
    limited: (clock: string) => `Trackunit asked us to slow down until ${clock}.`,
    limitedMeans: 'Runs wait until then and continue automatically.',
    noPage: 'There is nothing at this address.',
    noPageMeans: 'It may have been removed, or the link is incomplete.',
    toOverview: 'Go to the overview',
    needsRole: 'Needs the Administrator role',
    openApps: 'Open Apps',
  },
  actions: {
    startAction: 'Start an action',
    needsPermission: (names: string) =>
      `Needs ${names}, which was not allowed at installation, or is not in your Trackunit plan.`,
    needsPlan: (names: string) => `Needs ${names}, which is not in your Trackunit plan.`,
    needsRole: 'You can view this action. Starting it needs the Administrator role.',
    noAccess: 'Available once our access works.',
    notStarted: (title: string) => `${title} did not start.`,
    uninstalled: `Nothing can start because ${app} was removed from this account.`,
    notInstalled: `Nothing can start because ${app} is not installed on this account.`,
  },
  running: {
    heading: 'Running now',
    queued: (title: string) => `${title}: waiting to start`,
    starting: (title: string) => `${title}: starting`,
    going: (title: string, progress: string) => `${title}: ${progress}`,
    stopping: (title: string) => `${title}: stopping after the current machine`,
    waitingUntil: (text: string, clock: string) => `${text}, waiting until ${clock}`,
    waiting: 'Waiting for Trackunit’s rate limit. Continues automatically.',
    waitingForTrackunit: 'Trackunit is not answering. Nothing is lost. Continues automatically.',
    waitingForAccess: 'Our access does not work yet. Starts automatically once it does.',
    waitingForAccessAgain: 'Trackunit refuses our access. Nothing is lost. Continues once Trackunit accepts it again.',
    queuedMeans: 'Starts automatically.',
    /** `what` comes from the action and follows the numbers: `machines listed`. */
    progress: (done: string, total: string, what: string) => `${done} of ${total}${what && ` ${what}`}`,
    soFar: (done: string, what: string) => `${done}${what && ` ${what}`} so far`,
    stop: 'Stop',
    left: (left: TimeLeft) => {
      if (left.unit === 'moment') return 'Less than a minute left'
      if (left.unit === 'minutes') return `About ${left.minutes}\u00a0min left`
      return `About ${left.hours}\u00a0h${left.minutes ? ` ${left.minutes}\u00a0min` : ''} left`
    },
    leftSpoken: (left: TimeLeft) => {
      if (left.unit === 'moment') return 'less than a minute left'
      if (left.unit === 'minutes') return `about ${left.minutes} ${left.minutes === 1 ? 'minute' : 'minutes'} left`
      return `about ${left.hours} ${left.hours === 1 ? 'hour' : 'hours'}${left.minutes ? ` ${left.minutes} minutes` : ''} left`
    },
  },
  firstDays: {
    whatThisIs: 'Checks your machines while you are away and tells you what needs attention.',
    howLong: (time: string | undefined) => `The first check takes ${time ?? 'a few minutes'}. You can close this page.`,
    checkNow: 'Check my fleet now',
    onlyReads: (account: string) => `It only reads. Nothing on ${account} changes.`,
    all: (words: string) => `All ${words}`,
    start: 'Schedule it',
  },
  results: {
    heading: 'Last result of each action',
    none: 'There are no results.',
    noneYet: 'There are no results yet.',
    succeeded: (title: string) => `${title} is done`,
    stoppedAt: (progress: string) => `Stopped at ${progress}`,
    partSaved: (sentence: string) => `${sentence}; that part is saved`,
    stopped: (title: string) => `${title} stopped before it found anything`,
    stoppedByPerson: (title: string) => `${title} was stopped`,
    stoppedByPersonAt: (title: string, progress: string) => `${title} was stopped at ${progress}`,
    because: stoppedBecause(app),
    becauseUnknown: 'Something unexpected went wrong.',
    when: ({ kind, shortDay, clock }: SaidMoment) =>
      kind === 'date' ? `${shortDay}, ${clock}` : `${shortDay} ${clock}`,
    byYou: 'started by you',
    by: (name: string) => `started by ${name}`,
    bySomebody: 'started by someone on this account',
    byService: 'started by another program',
    bySchedule: 'on schedule',
    bySystem: `started by ${app}`,
    all: 'All results',
    files: (n: number) => `${n} ${n === 1 ? 'file' : 'files'}`,
    succeededState: 'Done',
    incompleteState: 'Incomplete',
    failedState: 'Stopped',
    cancelledState: 'Stopped by a person',
  },
  run: {
    againStarted: (title: string) => `${title} has started again.`,
  },
  schedules: {
    pausedBecause: {
      SCOPE_NOT_GRANTED: 'a required permission is no longer allowed. Allow it in Manager under Apps, then resume.',
      SCOPE_FORBIDDEN: 'the person who made it may no longer start this. Resume it to take it over.',
      ACCOUNT_FORBIDDEN: 'the person who made it may no longer act on this account. Resume it to take it over.',
      INSTALLATION_UNINSTALLED: `${app} was removed from this account. Install it again, then resume.`,
      INSTALLATION_PAUSED: `those who run ${app} paused this account. It continues when they resume it.`,
      ACTION_NOT_FOUND: 'the action no longer exists. Make a new schedule.',
      INPUT_INVALID: 'the action has changed and needs other choices. Change the schedule, then resume.',
      CREDENTIALS_REJECTED: `Trackunit refuses our access. Install ${app} again, then resume.`,
      PLAN_REQUIRED: 'your Trackunit plan does not include this.',
      AUTHOR_AWAY: 'the person who made it has not used this app for 90 days. Resume it to take it over.',
    } as Partial<Record<ErrorReason, string>>,
    pausedUnknown: 'it could not be started. Resume it to try again.',
    resume: 'Resume',
    isResumed: 'The schedule is resumed.',
    notResumed: 'The schedule was not resumed.',
    endsSoon: (when: SaidMoment) => `This schedule ends ${onDay(when)}.`,
    endsSoonMeans: (who: string) =>
      `${capital(who)} has not used this app for long. If they open it before then, or somebody takes the schedule over, it continues.`,
    somebody: 'someone on this account',
  },
  connection: {
    lost: `No connection to ${app}.`,
    lostSince: (clock: string) => `No connection to ${app}. You see what was loaded at ${clock}.`,
    lostMeans: 'Background work continues without this page.',
    nextTry: (seconds: string, one: boolean) => `Next try in ${seconds} ${one ? 'second' : 'seconds'}.`,
    nextTryAt: (clock: string) => `Next try: ${clock}.`,
    trying: 'Trying now.',
    tryNow: 'Try now',
    tryAgain: 'Try again',
    trouble: `${app} cannot answer right now.`,
    troubleMeans: 'Something is wrong on our side. Background work may continue.',
    signedOut: 'Manager has signed you out.',
    signedOutDo: 'What you typed stays on this page. Sign in to Manager in another tab, then try again.',
    unknownUser: `${app} could not tell who you are.`,
    unknownUserDo: `Sign in to Manager again in another tab, then try again. If this keeps happening, ${askForHelp(app, support)}.`,
    forbidden: 'This account is not one of yours.',
    forbiddenDo: (account: string) => `You are signed in for ${account}. Choose an account in Manager’s header.`,
    noRight: 'You do not have access to this.',
    noRightDo: 'You need another role in Manager. An administrator of your account can give it to you.',
    partMissing: 'This part could not be loaded.',
    loading: 'Loading',
    signedInAgain: 'You are signed in again. What you typed is still here.',
  },
  copyByHand: 'Manager blocks copying. The text is selected; copy it with Ctrl+C or ⌘C.',
  time: {
    /** In the middle of a sentence. */
    about: (left: TimeLeft) => {
      if (left.unit === 'moment') return 'less than a minute'
      if (left.unit === 'minutes') return `about ${left.minutes}\u00a0min`
      return `about ${left.hours}\u00a0h${left.minutes ? ` ${left.minutes}\u00a0min` : ''}`
    },
  },
  list: (items: string[]) => items.map((item) => `“${item}”`).join(' and '),
})

export type FirstTexts = ReturnType<typeof firstEnglish>
