/** The texts for receivers, in their language: emails that ask them, and the pages behind the links. */
export interface ReceiverWords {
  language: string
  /** Between a label and its text. */
  colon: string
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
  colon: ':',
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
  colon: ':',
  subject: (app) => `Vil du have resultater fra ${app}?`,
  asks: ({ who, app, address }) =>
    who
      ? `${who} vil gerne have, at ${app} sender resultater om firmaets maskiner til ${address}.`
      : `Nogen vil gerne have, at ${app} sender resultater om firmaets maskiner til ${address}.`,
  whatItIs: (app) => `${app} er en app i Trackunit Manager. Du får kun noget tilsendt, hvis du siger ja.`,
  agree: 'Ja, send dem til mig',
  validFor: (days) => `Linket virker én gang og gælder i ${days} dage.`,
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

const de: ReceiverWords = {
  language: 'de',
  colon: ':',
  subject: (app) => `Möchten Sie Ergebnisse von ${app} erhalten?`,
  asks: ({ who, app, address }) =>
    `${who ?? 'Jemand'} möchte, dass ${app} Ergebnisse zu den eigenen Maschinen an ${address} sendet.`,
  whatItIs: (app) => `${app} ist eine App in Trackunit Manager. Ohne Ihre Zustimmung erhalten Sie nichts.`,
  agree: 'Ja, senden Sie sie mir',
  validFor: (days) => `Der Link funktioniert einmal und ist ${days} Tage gültig.`,
  ifNot: 'Wenn Sie den Absender nicht kennen oder das nicht möchten, müssen Sie nichts tun.',
  neverAgain: 'Nicht noch einmal fragen',
  questionHeading: (app) => `Ergebnisse von ${app} erhalten?`,
  agreed: (address) => `Ergebnisse werden jetzt an ${address} gesendet.`,
  agreedMeans: 'Mit einem Link in jeder E-Mail können Sie sie abbestellen.',
  linkOver: 'Dieser Link funktioniert nicht mehr.',
  linkOverMeans: 'Er wurde schon benutzt oder ist zu alt. Wer Sie gefragt hat, kann einen neuen senden.',
  withdrawHeading: (app) => `Keine E-Mails von ${app} mehr?`,
  withdrawMeans: (address) => `${address} erhält keine Ergebnisse dieses Kontos mehr und wird nicht mehr gefragt.`,
  withdraw: 'E-Mails abbestellen',
  withdrawn: (address) => `${address} erhält keine E-Mails mehr.`,
  withdrawnMeans: 'Sie können diese Seite schließen.',
}

const sv: ReceiverWords = {
  language: 'sv',
  colon: ':',
  subject: (app) => `Vill du få resultat från ${app}?`,
  asks: ({ who, app, address }) =>
    `${who ?? 'Någon'} vill att ${app} skickar resultat om företagets maskiner till ${address}.`,
  whatItIs: (app) => `${app} är en app i Trackunit Manager. Du får bara något om du säger ja.`,
  agree: 'Ja, skicka dem till mig',
  validFor: (days) => `Länken fungerar en gång och gäller i ${days} dagar.`,
  ifNot: 'Om du inte känner till avsändaren eller inte vill detta behöver du inte göra något.',
  neverAgain: 'Fråga mig inte igen',
  questionHeading: (app) => `Vill du få resultat från ${app}?`,
  agreed: (address) => `Resultat skickas nu till ${address}.`,
  agreedMeans: 'Varje meddelande har en länk som stoppar dem.',
  linkOver: 'Den här länken fungerar inte längre.',
  linkOverMeans: 'Den har använts eller är för gammal. Den som frågade dig kan skicka en ny.',
  withdrawHeading: (app) => `Ingen mer e-post från ${app}?`,
  withdrawMeans: (address) => `${address} får inga fler resultat från kontot och tillfrågas inte igen.`,
  withdraw: 'Stoppa utskicken',
  withdrawn: (address) => `${address} får inga fler utskick.`,
  withdrawnMeans: 'Du kan stänga sidan.',
}

const fr: ReceiverWords = {
  language: 'fr',
  colon: '\u00a0:',
  subject: (app) => `Voulez-vous recevoir les résultats de ${app}\u202f?`,
  asks: ({ who, app, address }) =>
    `${who ?? 'Quelqu’un'} souhaite que ${app} envoie à ${address} des résultats sur les machines de son entreprise.`,
  whatItIs: (app) => `${app} est une application de Trackunit Manager. Rien ne vous est envoyé sans votre accord.`,
  agree: 'Oui, envoyez-les-moi',
  validFor: (days) => `Le lien fonctionne une seule fois et reste valable ${days} jours.`,
  ifNot: 'Si vous ne connaissez pas l’expéditeur ou ne souhaitez pas ces résultats, vous n’avez rien à faire.',
  neverAgain: 'Ne plus me demander',
  questionHeading: (app) => `Recevoir les résultats de ${app}\u202f?`,
  agreed: (address) => `Les résultats sont maintenant envoyés à ${address}.`,
  agreedMeans: 'Chaque e-mail contient un lien pour ne plus en recevoir.',
  linkOver: 'Ce lien ne fonctionne plus.',
  linkOverMeans: 'Il a déjà servi, ou il est trop ancien. La personne qui vous a sollicité peut en envoyer un nouveau.',
  withdrawHeading: (app) => `Ne plus recevoir d’e-mails de ${app}\u202f?`,
  withdrawMeans: (address) => `${address} ne recevra plus ni résultats de ce compte, ni demandes.`,
  withdraw: 'Ne plus recevoir d’e-mails',
  withdrawn: (address) => `${address} ne reçoit plus d’e-mails.`,
  withdrawnMeans: 'Vous pouvez fermer cette page.',
}

const languages: Record<string, ReceiverWords> = { da, de, sv, fr }

/** @param wanted a BCP 47 tag, or an `Accept-Language` header, of which the first counts */
export const receiverWords = (wanted: string | undefined): ReceiverWords =>
  languages[/^\s*([a-z]{2})\b/i.exec(wanted ?? '')?.[1]?.toLowerCase() ?? ''] ?? en
