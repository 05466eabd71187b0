import type { StoppedBecause } from './en.ts'

/** In German. */
export const stoppedBecause: StoppedBecause = (app) => ({
  INSTALLATION_NOT_FOUND: `${app} ist auf diesem Konto nicht installiert.`,
  INSTALLATION_UNINSTALLED: `${app} wurde von diesem Konto entfernt.`,
  INSTALLATION_PAUSED: `Die Betreiber von ${app} haben dieses Konto pausiert.`,
  CREDENTIALS_REJECTED: 'Trackunit hat unseren Zugriff abgelehnt.',
  CREDENTIALS_QUARANTINED: 'Unser Zugriff ist gesperrt.',
  SCOPE_NOT_GRANTED: 'Eine nötige Berechtigung fehlt.',
  PLAN_REQUIRED: 'Ihr Trackunit-Tarif enthält das nicht.',
  TRACKUNIT_UNAVAILABLE: 'Trackunit hat nicht mehr geantwortet.',
  TRACKUNIT_RATE_LIMITED: 'Trackunit hat unsere Anfragen wiederholt gedrosselt.',
  TRACKUNIT_REFUSED: 'Trackunit hat die Anfrage abgelehnt.',
  STORAGE_UNAVAILABLE: 'Unsere Datenbank hat nicht geantwortet.',
  CREDENTIALS_PENDING: 'Unser Zugriff funktioniert noch nicht.',
  CREDENTIALS_AWAITING_APPROVAL: 'Ein Administrator muss über neuen Zugriff entscheiden.',
  ACTION_NOT_FOUND: 'Die Aktion gibt es nicht mehr.',
  ACTION_FAILED: 'Die Aktion konnte ihre Aufgabe nicht erfüllen.',
  ACTION_FAULTY: 'Die Aktion enthält einen Fehler, den ihre Entwickler beheben müssen.',
  ACTION_CHANGED: 'Die Aktion wurde nach dem Start dieses Laufs geändert. Starten Sie sie neu.',
  INPUT_INVALID: 'Die Aktion akzeptiert diese Angaben nicht mehr.',
  RUN_STUCK: 'Der Server ist bei diesem Lauf mehrmals ausgefallen.',
  EFFECT_UNKNOWN:
    'Es ist unbekannt, ob Trackunit die letzte Änderung vorgenommen hat. Sehen Sie in Trackunit nach und starten Sie dann neu.',
  RESTORED:
    'Unser Server ging auf einen früheren Stand zurück; was danach geschah, ist unbekannt. Sehen Sie nach und starten Sie dann neu.',
  STORAGE_FULL:
    'Die Ergebnisse und Dateien dieses Kontos belegen den gesamten Speicherplatz. Alte werden automatisch gelöscht.',
  INTERNAL: `In ${app} ist etwas schiefgegangen.`,
})
