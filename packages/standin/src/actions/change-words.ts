import type { Message } from '@standin/contracts'
import { type CompiledCatalogue, defineMessages, together } from './define-messages.ts'

/** The texts of a change. `made` and `total` count changes. */
export interface ChangeWords<Input> {
  /** The preview's result; that nothing has changed yet is added. */
  wouldChange(counts: { count: number; input: Input }): Message
  /** The preview's result when it found nothing. */
  nothingToChange(about: { input: Input }): Message
  /** The name of the step, and what is counted in it: "12 of 30 changes made". */
  making: Message
  progress: Message
  /** The title of the column with each row's outcome, and its cells. */
  outcome: Message
  made: Message
  refused: Message
  unknown: Message
  leftOut: Message
  /** The result if all changes were made, only some, some so far, or if there were none to make. */
  madeAll(counts: { total: number }): Message
  madeSome(counts: { made: number; total: number }): Message
  madeSoFar(counts: { made: number; total: number }): Message
  madeNone: Message
  /** Rows that the person who applied the preview left out. Follows the result. */
  leftOutSome(counts: { count: number }): Message
  /** A line of the log. */
  refusals(counts: { count: number }): Message
  /** What a run that stopped leaves open. */
  outcomesUnknown(counts: { count: number }): Message
  untouched(counts: { count: number }): Message
}

const texts = {
  en: {
    'change.would': '{count, plural, one {# change} other {# changes}} would be made.',
    'change.notYet': 'Nothing has changed yet.',
    'change.nothing': 'There is nothing to change.',
    'change.making': 'Make the changes',
    'change.progress': 'changes made',
    'change.outcome': 'Outcome',
    'change.made': 'Changed',
    'change.refused': 'Not changed',
    'change.unknown': 'Unknown',
    'change.leftOut': 'Left out',
    'change.leftOutSome': '{count, plural, one {# was} other {# were}} left out as chosen.',
    'change.all': '{total, plural, one {# change} other {# changes}} made.',
    'change.some': '{made, number} of {total, plural, one {# change} other {# changes}} made.',
    'change.soFar': '{made, number} of {total, plural, one {# change} other {# changes}} made so far.',
    'change.none': 'There was nothing to change.',
    'change.refusals': '{count, plural, one {# change was} other {# changes were}} refused. The list shows which.',
    'change.outcomesUnknown':
      'For {count, plural, one {# change the outcome is unknown. Look it up} other {# changes the outcome is unknown. Look them up}} in Trackunit.',
    'change.untouched': '{count, plural, one {# other change was} other {# other changes were}} not made.',
    'change.unchanged': 'Nothing has changed.',
    'change.files': 'Make the files',
  },
  da: {
    'change.would': '{count, plural, one {# ændring} other {# ændringer}} ville blive foretaget.',
    'change.notYet': 'Intet er ændret endnu.',
    'change.nothing': 'Der er intet at ændre.',
    'change.making': 'Foretag ændringerne',
    'change.progress': 'ændringer foretaget',
    'change.outcome': 'Udfald',
    'change.made': 'Ændret',
    'change.refused': 'Ikke ændret',
    'change.unknown': 'Ukendt',
    'change.leftOut': 'Udeladt',
    'change.leftOutSome': '{count, number} blev udeladt som valgt.',
    'change.all': '{total, plural, one {# ændring} other {# ændringer}} foretaget.',
    'change.some': '{made, number} af {total, plural, one {# ændring} other {# ændringer}} foretaget.',
    'change.soFar': '{made, number} af {total, plural, one {# ændring} other {# ændringer}} foretaget indtil nu.',
    'change.none': 'Der var intet at ændre.',
    'change.refusals':
      '{count, plural, one {# ændring blev afvist. Listen viser hvilken} other {# ændringer blev afvist. Listen viser hvilke}}.',
    'change.outcomesUnknown':
      'For {count, plural, one {# ændring er udfaldet ukendt. Slå den} other {# ændringer er udfaldet ukendt. Slå dem}} op i Trackunit.',
    'change.untouched': '{count, plural, one {# anden ændring} other {# andre ændringer}} blev ikke foretaget.',
    'change.unchanged': 'Intet er ændret.',
    'change.files': 'Opret filerne',
  },
  de: {
    'change.would': '{count, plural, one {# Änderung würde} other {# Änderungen würden}} vorgenommen.',
    'change.notYet': 'Noch ist nichts geändert.',
    'change.nothing': 'Es gibt nichts zu ändern.',
    'change.making': 'Änderungen vornehmen',
    'change.progress': 'Änderungen vorgenommen',
    'change.outcome': 'Status',
    'change.made': 'Geändert',
    'change.refused': 'Nicht geändert',
    'change.unknown': 'Unbekannt',
    'change.leftOut': 'Ausgelassen',
    'change.leftOutSome': '{count, plural, one {# Eintrag wurde} other {# Einträge wurden}} wie gewählt ausgelassen.',
    'change.all': '{total, plural, one {# Änderung} other {# Änderungen}} vorgenommen.',
    'change.some': '{made, number} von {total, plural, one {# Änderung} other {# Änderungen}} vorgenommen.',
    'change.soFar': 'Bisher {made, number} von {total, plural, one {# Änderung} other {# Änderungen}} vorgenommen.',
    'change.none': 'Es gab nichts zu ändern.',
    'change.refusals':
      '{count, plural, one {# Änderung wurde} other {# Änderungen wurden}} abgelehnt. Die Liste zeigt, welche.',
    'change.outcomesUnknown':
      'Bei {count, plural, one {# Änderung ist unbekannt, ob sie gelungen ist} other {# Änderungen ist unbekannt, ob sie gelungen sind}}. Sehen Sie in Trackunit nach.',
    'change.untouched':
      '{count, plural, one {# weitere Änderung wurde} other {# weitere Änderungen wurden}} nicht vorgenommen.',
    'change.unchanged': 'Nichts ist geändert.',
    'change.files': 'Dateien erstellen',
  },
  sv: {
    'change.would': '{count, plural, one {# ändring} other {# ändringar}} skulle göras.',
    'change.notYet': 'Inget har ändrats ännu.',
    'change.nothing': 'Det finns inget att ändra.',
    'change.making': 'Gör ändringarna',
    'change.progress': 'ändringar gjorda',
    'change.outcome': 'Utfall',
    'change.made': 'Ändrad',
    'change.refused': 'Inte ändrad',
    'change.unknown': 'Okänt',
    'change.leftOut': 'Utelämnad',
    'change.leftOutSome': '{count, number} utelämnades enligt valet.',
    'change.all': '{total, plural, one {# ändring gjord} other {# ändringar gjorda}}.',
    'change.some': '{made, number} av {total, plural, one {# ändring gjord} other {# ändringar gjorda}}.',
    'change.soFar': '{made, number} av {total, plural, one {# ändring gjord} other {# ändringar gjorda}} hittills.',
    'change.none': 'Det fanns inget att ändra.',
    'change.refusals':
      '{count, plural, one {# ändring avvisades. Listan visar vilken} other {# ändringar avvisades. Listan visar vilka}}.',
    'change.outcomesUnknown':
      'För {count, plural, one {# ändring är utfallet okänt. Slå upp den} other {# ändringar är utfallet okänt. Slå upp dem}} i Trackunit.',
    'change.untouched': '{count, plural, one {# annan ändring} other {# andra ändringar}} gjordes inte.',
    'change.unchanged': 'Inget har ändrats.',
    'change.files': 'Skapa filerna',
  },
  fr: {
    'change.would':
      '{count, plural, one {# modification serait effectuée} other {# modifications seraient effectuées}}.',
    'change.notYet': 'Rien n’a encore été modifié.',
    'change.nothing': 'Il n’y a rien à modifier.',
    'change.making': 'Effectuer les modifications',
    'change.progress': 'modifications effectuées',
    'change.outcome': 'Issue',
    'change.made': 'Modifié',
    'change.refused': 'Non modifié',
    'change.unknown': 'Inconnu',
    'change.leftOut': 'Exclu',
    'change.leftOutSome':
      '{count, plural, one {# élément a été exclu} other {# éléments ont été exclus}}, comme demandé.',
    'change.all': '{total, plural, one {# modification effectuée} other {# modifications effectuées}}.',
    'change.some':
      '{made, number} sur {total, plural, one {# modification effectuée} other {# modifications effectuées}}.',
    'change.soFar':
      '{made, number} sur {total, plural, one {# modification effectuée} other {# modifications effectuées}} jusqu’ici.',
    'change.none': 'Il n’y avait rien à modifier.',
    'change.refusals':
      '{count, plural, one {# modification a été refusée} other {# modifications ont été refusées}}. La liste montre lesquelles.',
    'change.outcomesUnknown':
      'L’issue de {count, plural, one {# modification est inconnue. Vérifiez-la} other {# modifications est inconnue. Vérifiez-les}} dans Trackunit.',
    'change.untouched':
      '{count, plural, one {# autre modification n’a pas été effectuée} other {# autres modifications n’ont pas été effectuées}}.',
    'change.unchanged': 'Rien n’a été modifié.',
    'change.files': 'Créer les fichiers',
  },
} as const
const { say, catalogue } = defineMessages(texts)

export const changeWords: ChangeWords<unknown> = {
  wouldChange: ({ count }) => say('change.would', { count }),
  nothingToChange: () => say('change.nothing'),
  making: say('change.making'),
  progress: say('change.progress'),
  outcome: say('change.outcome'),
  made: say('change.made'),
  refused: say('change.refused'),
  unknown: say('change.unknown'),
  leftOut: say('change.leftOut'),
  madeAll: (counts) => say('change.all', counts),
  madeSome: (counts) => say('change.some', counts),
  madeSoFar: (counts) => say('change.soFar', counts),
  madeNone: say('change.none'),
  leftOutSome: (counts) => say('change.leftOutSome', counts),
  refusals: (counts) => say('change.refusals', counts),
  outcomesUnknown: (counts) => say('change.outcomesUnknown', counts),
  untouched: (counts) => say('change.untouched', counts),
}

/** Texts of every change. Actions cannot replace them. */
export const ofEveryChange = {
  notYet: say('change.notYet'),
  unchanged: say('change.unchanged'),
  makeFiles: say('change.files'),
}

/** Several messages as one. Messages that have parts are flattened. */
export const sentences = (messages: readonly Message[]): Message =>
  together(
    messages.flatMap((message) => (typeof message === 'object' && 'parts' in message ? message.parts : [message])),
  )

/** Adds these texts to an action's own, in the languages that it declares. */
export function withChangeWords(messages: CompiledCatalogue | undefined): CompiledCatalogue | undefined {
  return (
    messages &&
    Object.fromEntries(
      Object.entries(messages).map(([language, own]) => [language, { ...catalogue[language], ...own }]),
    )
  )
}
