import type { ErrorReason } from '@standin/client'
import type { SaidMoment } from '../formats/create-formats.ts'
import type { TimeLeft } from '../formats/time-left.ts'

/** What Trackunit's scopes let Standin do, as people would say it. */
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

/** Why a run stopped; always a whole sentence. */
const stoppedBecause: Partial<Record<ErrorReason, string>> = {
  INSTALLATION_NOT_FOUND: 'Standin is not installed on this account.',
  INSTALLATION_UNINSTALLED: 'Standin was removed from this account.',
  CREDENTIALS_REJECTED: 'Trackunit refused our access.',
  CREDENTIALS_QUARANTINED: 'Our access is locked away.',
  SCOPE_NOT_GRANTED: 'A permission that it needs is not allowed.',
  PLAN_REQUIRED: 'Your Trackunit plan does not include this.',
  TRACKUNIT_UNAVAILABLE: 'Trackunit stopped answering.',
  TRACKUNIT_RATE_LIMITED: 'Trackunit asked us to slow down, again and again.',
  TRACKUNIT_REFUSED: 'Trackunit refused what was asked.',
  STORAGE_UNAVAILABLE: 'Our database did not answer.',
  INTERNAL: 'Something broke on our side.',
}

/** Why a start did not work, and what to do. */
const notStartedBecause: Partial<Record<ErrorReason | 'UNREACHABLE' | 'SIGNED_OUT', string>> = {
  UNREACHABLE: 'Standin did not answer. Try again: it starts only once, however often you press.',
  SIGNED_OUT: 'Manager has signed you out. Sign in to Manager in another tab, then try again.',
  UNAUTHENTICATED: 'Standin could not tell who you are. Sign in to Manager again, then try again.',
  SCOPE_FORBIDDEN: 'Your role in Manager does not allow this. An administrator can start it, or change your role.',
  ACCOUNT_FORBIDDEN: 'This account is not one of yours.',
  SCOPE_NOT_GRANTED: 'A permission that it needs was not allowed when Standin was installed.',
  PLAN_REQUIRED: 'Your Trackunit plan does not include this. Your contact at Trackunit can say which plan does.',
  CREDENTIALS_PENDING: 'Our access is still being tried. This usually takes less than a minute.',
  RUN_OVERLAPS: 'It is running, and one more waits already. Start it again when they are done.',
  RATE_LIMITED: 'That was often in a short time. Wait a minute, then try again.',
  OVERLOADED: 'Standin is busy just now. Try again in a moment.',
  STORAGE_UNAVAILABLE: 'Our database does not answer. Nothing was started; try again in a moment.',
  IDEMPOTENCY_KEY_REUSED: 'This start was used up. Press again to make a new one.',
}

const inSentence = ({ kind, day, clock }: SaidMoment) =>
  kind === 'today' || kind === 'yesterday' ? `${clock} ${day}` : `${day} at ${clock}`
const onMoment = ({ kind, day, clock }: SaidMoment) =>
  kind === 'today' || kind === 'yesterday' ? `${day} at ${clock}` : `on ${day} at ${clock}`
const count = (n: number) =>
  ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'][n] ?? String(n)

/** Every word of the app in English. Another language is another file of this type. */
export const en = {
  language: 'en-GB',
  permissions,

  installation: {
    working: 'Standin is working. Nothing needs you.',
    workingButNeeds: (n: number) => `Standin is working. ${count(n)} ${n === 1 ? 'thing needs' : 'things need'} you.`,
    worksFor: (account: string) => `It works for ${account}, also while nobody is signed in.`,
    workingSince: (since: SaidMoment) => `Working since ${since.kind === 'today' ? inSentence(since) : since.day}.`,

    pending: 'Standin is getting ready. This usually takes less than a minute.',
    pendingMeans: (account: string) =>
      `Trackunit has given us access to ${account}, and we are trying it for the first time. What you start now begins as soon as it works.`,
    pendingDo: 'Nothing to do. This page changes by itself.',
    stepInstalled: 'Installed',
    stepTrying: 'Trying the access',
    stepReady: 'Ready',

    slow: 'Trackunit has not switched on our access yet.',
    slowMeans: 'This can take up to 15 minutes after an installation. We keep trying.',
    slowDo: 'You can close this page. When it works, it says so here.',

    parked: (since: SaidMoment) => `Trackunit has refused our access since ${inSentence(since)}.`,
    parkedMeans: 'Nothing runs in the background. What was going on waits where it is, and nothing is lost.',
    parkedDo: 'If Standin was removed on purpose, nothing. Otherwise install it again in the Marketplace.',
    parkedFoot: 'We keep trying. When Trackunit lets us in again, work goes on by itself.',

    rejected: 'Trackunit refuses the access it gave us.',
    rejectedMeans: 'Standin cannot do anything on this account.',
    rejectedDo: 'Remove Standin in the Marketplace and install it again. Results stay.',

    quarantined: 'We locked away new access, because it belongs to a different account.',
    quarantinedMeans: (came: SaidMoment, account: string) =>
      `It came ${onMoment(came)} for ${account}, but it opens another company’s account. Nothing was read or changed with it.`,
    quarantinedDo: 'If one of you installed Standin then, install it once more. If nobody did, send us the details.',

    approval: 'New access waits for a decision.',
    approvalMeans: (came: SaidMoment) =>
      `Somebody installed Standin again ${onMoment(came)}. Trackunit does not name the person. Until it is decided, nothing runs in the background.`,
    approvalDo: 'Ask your other administrators whether it was one of them, then tell whoever runs Standin for you.',

    superseded: 'Our access to this account is an old one.',
    supersededMeans: 'Newer access has taken its place and does not work yet. Nothing runs in the background.',
    supersededDo: 'Install Standin again in the Marketplace.',

    uninstalled: (since: SaidMoment) => `Standin was removed from this account ${onMoment(since)}.`,
    uninstalledMeans: 'All work stopped at once. Our access and every file are erased.',
    uninstalledDo: 'To use Standin again, install it in the Marketplace.',

    none: 'We have not heard from Trackunit about this account yet.',
    noneMeans: (account: string) =>
      `After an installation Trackunit sends us access to ${account}. So far none has come.`,
    noneDo:
      'If Standin was installed just now, wait a minute: this page changes by itself. Otherwise install it in the Marketplace.',

    toDo: 'What to do:',
    done: 'Done',
    now: 'Now',
    later: 'To do',
    copyDetails: 'Copy details for support',
    detailsCopied: 'Details copied.',
    details: 'Details for support',
  },

  needs: {
    heading: 'Needs you',
    approval: 'Somebody installed Standin again. Was it one of you?',
    approvalMeans: (came: SaidMoment) =>
      `The new access came ${onMoment(came)}. Standin goes on with the access it has until whoever runs it for you decides.`,
    quarantined: 'We locked away new access, because it belongs to a different account.',
    quarantinedMeans: (came: SaidMoment) =>
      `It came ${onMoment(came)}. Nothing was read with it, and your access from before still works. If one of you installed Standin then, install it once more.`,
    rejected: 'Trackunit refuses the new access it gave us.',
    rejectedMeans: (came: SaidMoment) =>
      `It came ${onMoment(came)}. Standin goes on with the access from before. Install it once more to use a new one.`,
    removal: 'Trackunit says Standin was removed, but our access still works.',
    removalMeans: (came: SaidMoment) =>
      `The message came ${onMoment(came)}. To be safe we go on until we know. Tell whoever runs Standin for you which it is.`,
  },

  actions: {
    heading: 'Start an action',
    sub: 'It works in the background. You can close this page; the result stays here.',
    start: 'Start',
    startNamed: (title: string) => `Start ${title}`,
    starting: 'Starting',
    onlyReads: 'Only reads',
    changes: 'Changes data',
    neverRan: 'Has not run yet',
    last: (when: SaidMoment) => `Last: ${when.kind === 'date' ? `${when.shortDay},` : when.shortDay} ${when.clock}`,
    needsPermission: (names: string) => `Needs ${names}, which was not allowed at installation.`,
    formLater: 'It needs some choices first. The form for them comes with a later version of this page.',
    previewLater: 'It shows what it would change first. That preview comes with a later version of this page.',
    noAccess: 'Waits until our access works.',
    none: 'There are no actions yet.',
    noneMeans: 'Whoever runs Standin for you can add some.',
    started: (title: string) => `${title} has started.`,
    notStarted: (title: string) => `${title} did not start.`,
    notStartedBecause,
    notStartedUnknown: 'We do not know why. Try again; it starts only once.',
  },

  running: {
    heading: 'Running now',
    queued: (title: string) => `${title}: waits for its turn`,
    starting: (title: string) => `${title}: getting started`,
    going: (title: string, progress: string) => `${title}: ${progress}`,
    stopping: (title: string) => `${title}: stopping after the machine at hand`,
    waitingUntil: (text: string, clock: string) => `${text}, waiting until ${clock}`,
    waiting: 'Trackunit sets the pace. It goes on by itself.',
    waitingForTrackunit: 'Trackunit does not answer just now. Nothing is lost, it goes on by itself.',
    waitingForAccess: 'Our access does not work yet. It begins by itself as soon as it does.',
    queuedMeans: 'It begins by itself.',
    /** `what` comes from the action and goes on after the numbers: `machines listed`. */
    progress: (done: string, total: string, what: string) => `${done} of ${total}${what && ` ${what}`}`,
    soFar: (done: string, what: string) => `${done}${what && ` ${what}`} so far`,
    stop: 'Stop',
    stopNamed: (title: string) => `Stop ${title}`,
    stopQuestion: (title: string) => `Stop ${title.charAt(0).toLowerCase()}${title.slice(1)}?`,
    stopMeans: (progress: string) => `So far: ${progress}. To get the rest you would have to start it again.`,
    stopMeansNothingYet: 'Nothing is done yet. You can start it again at any time.',
    goOn: 'Let it go on',
    stopNow: 'Stop now',
    notStopped: 'That did not reach Standin. It still runs; try again.',
    left: (left: TimeLeft) => {
      if (left.unit === 'moment') return 'Less than a minute left'
      if (left.unit === 'minutes') return `About ${left.minutes} min left`
      return `About ${left.hours} h${left.minutes ? ` ${left.minutes} min` : ''} left`
    },
    leftSpoken: (left: TimeLeft) => {
      if (left.unit === 'moment') return 'less than a minute left'
      if (left.unit === 'minutes') return `about ${left.minutes} ${left.minutes === 1 ? 'minute' : 'minutes'} left`
      return `about ${left.hours} ${left.hours === 1 ? 'hour' : 'hours'}${left.minutes ? ` ${left.minutes} minutes` : ''} left`
    },
  },

  results: {
    heading: 'Latest results',
    none: 'Nothing has run yet.',
    noneMeans: 'Each result stays here with its files.',
    succeeded: (title: string) => `${title} is done`,
    stoppedAt: (progress: string) => `Stopped with ${progress}`,
    partSaved: (sentence: string) => `${sentence}; that part is saved`,
    stopped: (title: string) => `${title} stopped before it found anything`,
    stoppedByPerson: (title: string) => `${title} was stopped`,
    stoppedByPersonAt: (title: string, progress: string) => `${title} was stopped with ${progress}`,
    because: stoppedBecause,
    becauseUnknown: 'We do not know why.',
    when: ({ kind, shortDay, clock }: SaidMoment) =>
      kind === 'date' ? `${shortDay}, ${clock}` : `${shortDay} ${clock}`,
    byYou: 'started by you',
    by: (name: string) => `started by ${name}`,
    bySomebody: 'started by somebody on this account',
    byService: 'started by another program',
    bySchedule: 'on schedule',
    bySystem: 'started by Standin',
    succeededState: 'Done',
    failedState: 'Stopped',
    cancelledState: 'Stopped by a person',
    noFiles: 'No files',
  },

  files: {
    download: (format: string) => `Download ${format}`,
    downloadNamed: (format: string, name: string, size: string) => `Download ${format}: ${name}, ${size}`,
    given: (name: string) => `${name} should be among your downloads now.`,
    heldBack: 'Manager did not let the file through.',
    heldBackMeans: 'The file is ready. Copy the link and open it in a new browser tab; the file comes from there.',
    givenMeans: 'Manager may not let apps save files. If nothing came, copy the link and open it in a new browser tab.',
    link: 'Link to the file',
    copyLink: 'Copy link',
    copied: 'Link copied.',
    works: (seconds: string) => `The link works for ${seconds} seconds more, and only for this file.`,
    over: 'The link has run out.',
    anew: 'Make a new one',
    close: 'Close',
    failed: 'The link to the file could not be made.',
    gone: 'This file is no longer kept.',
    tryAgain: 'Try again in a moment.',
    runAgain: 'Start the action again to get a new one.',
  },

  may: {
    heading: 'What Standin may do',
    notAllowed: 'Not allowed',
    notKnown: 'What was allowed is known as soon as our access works.',
    decided: 'Decided when Standin was installed. Changed in Manager under Apps.',
  },

  connection: {
    lost: 'No connection to Standin.',
    lostSince: (clock: string) => `No connection to Standin. You see what was loaded at ${clock}.`,
    lostMeans: 'Work in the background goes on without this page.',
    nextTry: (seconds: string, one: boolean) => `Next try in ${seconds} ${one ? 'second' : 'seconds'}.`,
    trying: 'Trying now.',
    tryNow: 'Try now',
    tryAgain: 'Try again',
    trouble: 'Standin cannot answer just now.',
    troubleMeans: 'Something is wrong on our side. Work in the background may go on.',
    signedOut: 'Manager has signed you out.',
    signedOutDo: 'Sign in to Manager in another tab, then try again.',
    unknownUser: 'Standin could not tell who you are.',
    unknownUserDo:
      'Sign in to Manager again in another tab, then try again. If this stays, tell whoever runs Standin for you.',
    forbidden: 'This account is not one of yours.',
    forbiddenDo: (account: string) => `You are signed in for ${account}. Choose an account in Manager’s header.`,
    noRight: 'You may not see this.',
    noRightDo: 'For that you need another role in Manager. An administrator of your account can give it to you.',
    partMissing: 'This part could not be loaded.',
    loading: 'Loading',
  },

  copyByHand: 'Manager keeps the clipboard closed. The text is selected: copy it with Ctrl+C or ⌘C.',
  list: (items: string[]) => items.map((item) => `“${item}”`).join(' and '),
}

export type Texts = typeof en
