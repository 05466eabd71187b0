/** The email's own texts, in the reader's language. Everything else is the action's. */
export interface EmailWords {
  /** The BCP 47 tag by which numbers and dates are formatted. */
  language: string
  /** Between a label and its text. */
  colon: string
  /** @param words the formatted number */
  areNew(count: number, words: string): string
  stay(count: number, words: string): string
  new: string
  sinceLastTime: string
  theWorst: string
  change(direction: 'up' | 'down' | 'same', points: number): string
  seeAll(words: string): string
  seeResult: string
  notAllChecked: string
  finished: string
  stopped: string
  partKept: string
  fileTooLarge: string
  why(app: string, action: string): string
  changeSchedule: string
  stop: string
  signedIn: string
}

const en: EmailWords = {
  language: 'en-GB',
  colon: ':',
  areNew: (count, words) => `${words} ${count === 1 ? 'is' : 'are'} new`,
  stay: (count, words) => `${words} ${count === 1 ? 'stays' : 'stay'} on the list`,
  new: 'New',
  sinceLastTime: 'Since last time',
  theWorst: 'The worst',
  change: (direction, points) =>
    direction === 'same' ? 'as before' : `${direction} ${points} ${points === 1 ? 'point' : 'points'}`,
  seeAll: (words) => `See all ${words} machines`,
  seeResult: 'See the result',
  notAllChecked: 'Not everything was checked.',
  finished: 'The run has finished.',
  stopped: 'The run did not finish.',
  partKept: 'The rows found before it stopped are in Trackunit Manager.',
  fileTooLarge: 'The file is too large for an email; it is in Trackunit Manager.',
  why: (app, action) => `You get this because someone on your account added your address to “${action}” in ${app}.`,
  changeSchedule: 'Change the time or the people',
  stop: 'Stop these emails',
  signedIn: 'You need to be signed in to Trackunit Manager.',
}

const da: EmailWords = {
  language: 'da-DK',
  colon: ':',
  areNew: (count, words) => `${words} er ${count === 1 ? 'ny' : 'nye'}`,
  stay: (_, words) => `${words} er stadig på listen`,
  new: 'Ny',
  sinceLastTime: 'Siden sidst',
  theWorst: 'De værste',
  change: (direction, points) =>
    direction === 'same' ? 'som før' : `${points} procentpoint ${direction === 'up' ? 'op' : 'ned'}`,
  seeAll: (words) => `Se alle ${words} maskiner`,
  seeResult: 'Se resultatet',
  notAllChecked: 'Ikke alt blev tjekket.',
  finished: 'Kørslen er færdig.',
  stopped: 'Kørslen blev ikke færdig.',
  partKept: 'Det, der blev fundet, før den stoppede, ligger i Trackunit Manager.',
  fileTooLarge: 'Filen er for stor til en e-mail; den ligger i Trackunit Manager.',
  why: (app, action) => `Du får denne e-mail, fordi nogen på kontoen har føjet din adresse til “${action}” i ${app}.`,
  changeSchedule: 'Skift tidspunkt eller modtagere',
  stop: 'Stop disse e-mails',
  signedIn: 'Du skal være logget ind i Trackunit Manager.',
}

const de: EmailWords = {
  language: 'de-DE',
  colon: ':',
  areNew: (count, words) => `${words} ${count === 1 ? 'ist' : 'sind'} neu`,
  stay: (count, words) => `${words} ${count === 1 ? 'bleibt' : 'bleiben'} auf der Liste`,
  new: 'Neu',
  sinceLastTime: 'Seit dem letzten Mal',
  theWorst: 'Das Dringendste',
  change: (direction, points) =>
    direction === 'same'
      ? 'wie zuvor'
      : `${points} ${points === 1 ? 'Prozentpunkt' : 'Prozentpunkte'} ${direction === 'up' ? 'mehr' : 'weniger'}`,
  seeAll: (words) => `Alle ${words} Maschinen ansehen`,
  seeResult: 'Ergebnis ansehen',
  notAllChecked: 'Nicht alles wurde geprüft.',
  finished: 'Der Lauf ist fertig.',
  stopped: 'Der Lauf wurde nicht beendet.',
  partKept: 'Was bis dahin gefunden wurde, steht in Trackunit Manager.',
  fileTooLarge: 'Die Datei ist zu groß für eine E-Mail; sie liegt in Trackunit Manager.',
  why: (app, action) =>
    `Sie erhalten diese E-Mail, weil jemand auf Ihrem Konto Ihre Adresse in ${app} zu „${action}“ hinzugefügt hat.`,
  changeSchedule: 'Zeitpunkt oder Empfänger ändern',
  stop: 'Diese E-Mails abbestellen',
  signedIn: 'Sie müssen in Trackunit Manager angemeldet sein.',
}

const sv: EmailWords = {
  language: 'sv-SE',
  colon: ':',
  areNew: (count, words) => `${words} är ${count === 1 ? 'ny' : 'nya'}`,
  stay: (_, words) => `${words} är kvar på listan`,
  new: 'Ny',
  sinceLastTime: 'Sedan sist',
  theWorst: 'De värsta',
  change: (direction, points) =>
    direction === 'same'
      ? 'som förut'
      : `${direction === 'up' ? 'upp' : 'ner'} ${points} ${points === 1 ? 'procentenhet' : 'procentenheter'}`,
  seeAll: (words) => `Se alla ${words} maskiner`,
  seeResult: 'Se resultatet',
  notAllChecked: 'Allt kontrollerades inte.',
  finished: 'Körningen är klar.',
  stopped: 'Körningen blev inte klar.',
  partKept: 'Det som hittades innan den avbröts finns i Trackunit Manager.',
  fileTooLarge: 'Filen är för stor för ett e-postmeddelande; den finns i Trackunit Manager.',
  why: (app, action) =>
    `Du får det här meddelandet eftersom någon på ditt konto har lagt till din adress i ”${action}” i ${app}.`,
  changeSchedule: 'Ändra tid eller mottagare',
  stop: 'Stoppa de här e-postmeddelandena',
  signedIn: 'Du måste vara inloggad i Trackunit Manager.',
}

const fr: EmailWords = {
  language: 'fr-FR',
  colon: '\u00a0:',
  areNew: (count, words) => `${words} ${count < 2 ? 'nouvelle' : 'nouvelles'}`,
  stay: (count, words) => `${words} ${count === 1 ? 'reste' : 'restent'} sur la liste`,
  new: 'Nouveau',
  sinceLastTime: 'Depuis la dernière fois',
  theWorst: 'Par ordre d’urgence',
  change: (direction, points) =>
    direction === 'same'
      ? 'comme avant'
      : `${points} ${points === 1 ? 'point' : 'points'} de ${direction === 'up' ? 'plus' : 'moins'}`,
  seeAll: (words) => `Voir les ${words} machines`,
  seeResult: 'Voir le résultat',
  notAllChecked: 'Tout n’a pas été vérifié.',
  finished: 'L’exécution est terminée.',
  stopped: 'L’exécution n’est pas allée à son terme.',
  partKept: 'Ce qui a été trouvé avant l’arrêt se trouve dans Trackunit Manager.',
  fileTooLarge: 'Le fichier est trop volumineux pour un e-mail\u202f; il se trouve dans Trackunit Manager.',
  why: (app, action) =>
    `Vous recevez cet e-mail parce qu’une personne de votre compte a ajouté votre adresse à «\u00a0${action}\u00a0» dans ${app}.`,
  changeSchedule: 'Modifier l’heure ou les destinataires',
  stop: 'Ne plus recevoir ces e-mails',
  signedIn: 'Vous devez être connecté à Trackunit Manager.',
}

const languages: Readonly<Record<string, EmailWords>> = { da, de, sv, fr }

/** @param language the reader's, a BCP 47 tag; English if there are no texts in it */
export const emailWords = (language: string | null | undefined): EmailWords =>
  languages[language?.split(/[-_]/)[0]?.toLowerCase() ?? ''] ?? en
