import type { ErrorReason } from '@standin/contracts'

/** Why a run stopped, in the app's own words: those of `packages/iris-ui/src/texts`, which a test compares. */
type StoppedBecause = (app: string) => Partial<Record<ErrorReason, string>>

const en: StoppedBecause = (app) => ({
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
  STORAGE_FULL: 'The files of this account use all their space. Old files are deleted automatically.',
  INTERNAL: `Something went wrong in ${app}.`,
})

const da: StoppedBecause = (app) => ({
  INSTALLATION_NOT_FOUND: `${app} er ikke installeret på denne konto.`,
  INSTALLATION_UNINSTALLED: `${app} blev fjernet fra denne konto.`,
  INSTALLATION_PAUSED: `De, der driver ${app}, har sat denne konto på pause.`,
  CREDENTIALS_REJECTED: 'Trackunit afviste vores adgang.',
  CREDENTIALS_QUARANTINED: 'Vores adgang er låst inde.',
  SCOPE_NOT_GRANTED: 'En nødvendig tilladelse mangler.',
  PLAN_REQUIRED: 'Jeres Trackunit-plan omfatter ikke dette.',
  TRACKUNIT_UNAVAILABLE: 'Trackunit holdt op med at svare.',
  TRACKUNIT_RATE_LIMITED: 'Trackunit blev ved med at bede os gå langsommere.',
  TRACKUNIT_REFUSED: 'Trackunit afviste forespørgslen.',
  STORAGE_UNAVAILABLE: 'Vores database svarede ikke.',
  CREDENTIALS_PENDING: 'Vores adgang virker ikke endnu.',
  CREDENTIALS_AWAITING_APPROVAL: 'En ny adgang kræver en administrators afgørelse.',
  ACTION_NOT_FOUND: 'Opgaven findes ikke længere.',
  INPUT_INVALID: 'Opgaven tager ikke længere imod disse valg.',
  ACTION_FAILED: 'Opgaven kunne ikke udføre sit arbejde.',
  ACTION_FAULTY: 'Der er en fejl i opgaven. Den skal rettes af dem, der har lavet den.',
  ACTION_CHANGED: 'Opgaven blev ændret, efter at kørslen begyndte. Start den igen.',
  RUN_STUCK: 'Serveren fejlede flere gange under denne kørsel.',
  EFFECT_UNKNOWN: 'Det er uvist, om Trackunit foretog den sidste ændring. Se efter i Trackunit, og start så igen.',
  RESTORED:
    'Vores server blev ført tilbage til en tidligere tilstand, så det er uvist, hvad der skete bagefter. Se efter, og start så igen.',
  STORAGE_FULL: 'Denne kontos filer bruger al deres plads. Gamle filer slettes automatisk.',
  INTERNAL: `Noget gik galt i ${app}.`,
})

const de: StoppedBecause = (app) => ({
  INSTALLATION_NOT_FOUND: `${app} ist auf diesem Konto nicht installiert.`,
  INSTALLATION_UNINSTALLED: `${app} wurde von diesem Konto entfernt.`,
  INSTALLATION_PAUSED: `Die Betreiber von ${app} haben dieses Konto angehalten.`,
  CREDENTIALS_REJECTED: 'Trackunit hat unseren Zugriff abgelehnt.',
  CREDENTIALS_QUARANTINED: 'Unser Zugriff ist gesperrt.',
  SCOPE_NOT_GRANTED: 'Eine nötige Berechtigung fehlt.',
  PLAN_REQUIRED: 'Ihr Trackunit-Tarif enthält das nicht.',
  TRACKUNIT_UNAVAILABLE: 'Trackunit antwortete nicht mehr.',
  TRACKUNIT_RATE_LIMITED: 'Trackunit bat uns wiederholt, langsamer zu sein.',
  TRACKUNIT_REFUSED: 'Trackunit hat die Anfrage abgelehnt.',
  STORAGE_UNAVAILABLE: 'Unsere Datenbank hat nicht geantwortet.',
  CREDENTIALS_PENDING: 'Unser Zugriff funktioniert noch nicht.',
  CREDENTIALS_AWAITING_APPROVAL: 'Ein Administrator muss über neuen Zugriff entscheiden.',
  ACTION_NOT_FOUND: 'Die Aktion gibt es nicht mehr.',
  ACTION_FAILED: 'Die Aktion konnte ihre Arbeit nicht tun.',
  ACTION_FAULTY: 'Die Aktion hat einen Fehler, den ihr Hersteller beheben muss.',
  ACTION_CHANGED: 'Die Aktion wurde nach dem Start dieses Laufs geändert. Starten Sie sie neu.',
  INPUT_INVALID: 'Die Aktion nimmt diese Angaben nicht mehr an.',
  RUN_STUCK: 'Der Server ist bei diesem Lauf mehrmals ausgefallen.',
  EFFECT_UNKNOWN:
    'Es ist unbekannt, ob Trackunit die letzte Änderung gemacht hat. Sehen Sie in Trackunit nach und starten Sie dann neu.',
  RESTORED:
    'Unser Server ging auf einen früheren Stand zurück; was danach geschah, ist unbekannt. Sehen Sie nach und starten Sie dann neu.',
  STORAGE_FULL: 'Die Dateien dieses Kontos belegen allen Platz. Alte Dateien werden automatisch gelöscht.',
  INTERNAL: `In ${app} ist etwas schiefgegangen.`,
})

const sv: StoppedBecause = (app) => ({
  INSTALLATION_NOT_FOUND: `${app} är inte installerat på det här kontot.`,
  INSTALLATION_UNINSTALLED: `${app} togs bort från det här kontot.`,
  INSTALLATION_PAUSED: `De som driver ${app} har pausat det här kontot.`,
  CREDENTIALS_REJECTED: 'Trackunit avvisade vår åtkomst.',
  CREDENTIALS_QUARANTINED: 'Vår åtkomst är låst.',
  SCOPE_NOT_GRANTED: 'En nödvändig behörighet saknas.',
  PLAN_REQUIRED: 'Ert Trackunit-abonnemang omfattar inte detta.',
  TRACKUNIT_UNAVAILABLE: 'Trackunit slutade svara.',
  TRACKUNIT_RATE_LIMITED: 'Trackunit bad oss gång på gång att sakta ner.',
  TRACKUNIT_REFUSED: 'Trackunit avvisade begäran.',
  STORAGE_UNAVAILABLE: 'Vår databas svarade inte.',
  CREDENTIALS_PENDING: 'Vår åtkomst fungerar inte ännu.',
  CREDENTIALS_AWAITING_APPROVAL: 'En administratör måste ta ställning till ny åtkomst.',
  ACTION_NOT_FOUND: 'Åtgärden finns inte längre.',
  ACTION_FAILED: 'Åtgärden kunde inte göra sitt arbete.',
  ACTION_FAULTY: 'Åtgärden har ett fel som dess utvecklare måste rätta.',
  ACTION_CHANGED: 'Åtgärden ändrades efter att körningen började. Starta den igen.',
  INPUT_INVALID: 'Åtgärden godtar inte längre de här valen.',
  RUN_STUCK: 'Servern föll ifrån flera gånger under körningen.',
  EFFECT_UNKNOWN:
    'Det är okänt om Trackunit gjorde den sista ändringen. Kontrollera i Trackunit och starta sedan igen.',
  RESTORED:
    'Vår server gick tillbaka till ett tidigare läge, så det är okänt vad som hände därefter. Kontrollera och starta sedan igen.',
  STORAGE_FULL: 'Kontots filer har fyllt sitt utrymme. Gamla filer tas bort automatiskt.',
  INTERNAL: `Något gick fel i ${app}.`,
})

const fr: StoppedBecause = (app) => ({
  INSTALLATION_NOT_FOUND: `${app} n’est pas installé sur ce compte.`,
  INSTALLATION_UNINSTALLED: `${app} a été retiré de ce compte.`,
  INSTALLATION_PAUSED: `Ceux qui gèrent ${app} ont mis ce compte en pause.`,
  CREDENTIALS_REJECTED: 'Trackunit a refusé notre accès.',
  CREDENTIALS_QUARANTINED: 'Notre accès est verrouillé.',
  SCOPE_NOT_GRANTED: 'Une autorisation nécessaire manque.',
  PLAN_REQUIRED: 'Votre abonnement Trackunit ne comprend pas cela.',
  TRACKUNIT_UNAVAILABLE: 'Trackunit ne répondait plus.',
  TRACKUNIT_RATE_LIMITED: 'Trackunit nous a demandé sans cesse de ralentir.',
  TRACKUNIT_REFUSED: 'Trackunit a refusé la demande.',
  STORAGE_UNAVAILABLE: 'Notre base de données n’a pas répondu.',
  CREDENTIALS_PENDING: 'Notre accès ne fonctionne pas encore.',
  CREDENTIALS_AWAITING_APPROVAL: 'Un administrateur doit décider d’un nouvel accès.',
  ACTION_NOT_FOUND: 'L’action n’existe plus.',
  ACTION_FAILED: 'L’action n’a pas pu faire son travail.',
  ACTION_FAULTY: 'L’action contient une erreur que son auteur doit corriger.',
  ACTION_CHANGED: 'L’action a été modifiée après le début de cette exécution. Relancez-la.',
  INPUT_INVALID: 'L’action n’accepte plus ces choix.',
  RUN_STUCK: 'Le serveur est tombé plusieurs fois pendant cette exécution.',
  EFFECT_UNKNOWN:
    'On ne sait pas si Trackunit a fait la dernière modification. Vérifiez dans Trackunit, puis relancez.',
  RESTORED:
    'Notre serveur est revenu à un état antérieur, on ne sait donc pas ce qui s’est passé ensuite. Vérifiez, puis relancez.',
  STORAGE_FULL: 'Les fichiers de ce compte occupent tout leur espace. Les anciens sont supprimés automatiquement.',
  INTERNAL: `Un problème est survenu dans ${app}.`,
})

const languages: Readonly<Record<string, StoppedBecause>> = { en, da, nb: da, nn: da, no: da, de, sv, fr }

/**
 * @param language a BCP 47 tag; English for one that is not spoken
 * @returns a whole sentence; undefined for a reason that no run ends with
 */
export const stoppedBecause = (reason: ErrorReason, { app, language }: { app: string; language: string }) =>
  (languages[language.split(/[-_]/)[0]?.toLowerCase() ?? ''] ?? en)(app)[reason]
