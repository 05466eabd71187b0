/** What people read who were asked for, in their language: emails that ask, and the pages behind their links. */
export interface ReceiverWords {
  language: string
  /** @param who the person who asked; undefined where a program did */
  subject(app: string): string
  asks(asked: { who: string | undefined; app: string; address: string }): string
  whatItIs(app: string): string
  agree: string
  validFor(days: number): string
  ifNot: string
  neverAgain: string
  questionHeading(app: string): string
  agreed(address: string): string
  agreedMeans: string
  linkOver: string
  linkOverMeans: string
  withdrawHeading(app: string): string
  withdrawMeans(address: string): string
  withdraw: string
  withdrawn(address: string): string
  withdrawnMeans: string
}

const en: ReceiverWords = {
  language: 'en',
  subject: (app) => `Would you like to get results from ${app}?`,
  asks: ({ who, app, address }) =>
    who
      ? `${who} would like ${app} to send results about their machines to ${address}.`
      : `Somebody would like ${app} to send results about their machines to ${address}.`,
  whatItIs: (app) => `${app} is an app in Trackunit Manager. It sends you nothing unless you agree.`,
  agree: 'Yes, send them to me',
  validFor: (days) => `The link works once, for ${days} days.`,
  ifNot: 'If you do not know the sender, or do not want this, do nothing.',
  neverAgain: 'Do not ask me again',
  questionHeading: (app) => `Get results from ${app}?`,
  agreed: (address) => `Results will now be sent to ${address}.`,
  agreedMeans: 'Each email has a link that stops them.',
  linkOver: 'This link no longer works.',
  linkOverMeans: 'It was used already, or it is too old. The person who asked you can send a new one.',
  withdrawHeading: (app) => `No more email from ${app}?`,
  withdrawMeans: (address) => `${address} will get no more results of this account, and no more questions.`,
  withdraw: 'Stop the emails',
  withdrawn: (address) => `${address} gets no more emails.`,
  withdrawnMeans: 'You can close this page.',
}

const da: ReceiverWords = {
  language: 'da',
  subject: (app) => `Vil du have resultater fra ${app}?`,
  asks: ({ who, app, address }) =>
    who
      ? `${who} vil gerne have, at ${app} sender resultater om deres maskiner til ${address}.`
      : `Nogen vil gerne have, at ${app} sender resultater om deres maskiner til ${address}.`,
  whatItIs: (app) => `${app} er en app i Trackunit Manager. Du får kun noget tilsendt, hvis du siger ja.`,
  agree: 'Ja, send dem til mig',
  validFor: (days) => `Linket virker én gang, i ${days} dage.`,
  ifNot: 'Hvis du ikke kender afsenderen, eller ikke vil have det, skal du ikke gøre noget.',
  neverAgain: 'Spørg mig ikke igen',
  questionHeading: (app) => `Vil du have resultater fra ${app}?`,
  agreed: (address) => `Resultater bliver nu sendt til ${address}.`,
  agreedMeans: 'Hver e-mail har et link, der stopper dem.',
  linkOver: 'Dette link virker ikke længere.',
  linkOverMeans: 'Det er brugt, eller det er for gammelt. Den, der spurgte dig, kan sende et nyt.',
  withdrawHeading: (app) => `Ikke flere e-mails fra ${app}?`,
  withdrawMeans: (address) => `${address} får ikke flere resultater fra denne konto og bliver ikke spurgt igen.`,
  withdraw: 'Stop e-mails',
  withdrawn: (address) => `${address} får ikke flere e-mails.`,
  withdrawnMeans: 'Du kan lukke siden.',
}

/** @param wanted a BCP 47 tag, or an `Accept-Language` header, of which the first counts */
export const receiverWords = (wanted: string | undefined): ReceiverWords =>
  /^\s*(da|nb|nn|no)\b/i.test(wanted ?? '') ? da : en
