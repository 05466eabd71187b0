import type { MomentWords } from '../formats/first-formats.ts'
import type { TimeLeft } from '../formats/time-left.ts'

export interface AppWords {
  name: string
  /** An email address. */
  support?: string | undefined
}

export const askForHelp = (app: string, support: string | undefined) =>
  support ? `write to ${support}` : `tell those who run ${app}`
export const inSentence = ({ kind, day, clock }: MomentWords) =>
  kind === 'today' || kind === 'yesterday' ? `${clock} ${day}` : `${day} at ${clock}`
export const count = (n: number) =>
  ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'][n] ?? String(n)

/** The English texts that the first JavaScript has: of the frame, of the first words, and of a connection that fails. */
export const firstEnglish = ({ name: app, support }: AppWords) => ({
  language: 'en-GB',
  installation: {
    working: `${app} is working. Nothing needs you.`,
    workingButNeeds: (n: number) => `${app} is working. ${count(n)} ${n === 1 ? 'thing needs' : 'things need'} you.`,
    worksFor: (account: string) => `It works for ${account}, even when nobody is signed in.`,
    workingSince: (since: MomentWords) => `Working since ${since.kind === 'today' ? inSentence(since) : since.day}.`,
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
    noPage: 'There is nothing at this address.',
    noPageMeans: 'It may have been removed, or the link is incomplete.',
    toOverview: 'Go to the overview',
  },
  actions: {
    startAction: 'Start an action',
  },
  firstDays: {
    whatThisIs: 'Checks your machines while you are away and tells you what needs attention.',
    whatThisIsFor: (n: number, count: string) =>
      `Checks your ${n === 1 ? 'machine' : `${count} machines`} while you are away and tells you what needs attention.`,
    checkNow: 'Check my fleet now',
    onlyReads: (account: string) => `It only reads. Nothing on ${account} changes.`,
    all: (words: string) => `All ${words}`,
    start: 'Schedule it',
    howLong: (time: string | undefined) => `The first check takes ${time ?? 'a few minutes'}. You can close this page.`,
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
  time: {
    /** In the middle of a sentence. */
    about: (left: TimeLeft) => {
      if (left.unit === 'moment') return 'less than a minute'
      if (left.unit === 'minutes') return `about ${left.minutes}\u00a0min`
      return `about ${left.hours}\u00a0h${left.minutes ? ` ${left.minutes}\u00a0min` : ''}`
    },
  },
})

export type FirstTexts = ReturnType<typeof firstEnglish>
