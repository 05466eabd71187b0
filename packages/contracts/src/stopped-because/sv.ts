import type { StoppedBecause } from './en.ts'

/** In Swedish. */
export const stoppedBecause: StoppedBecause = (app) => ({
  INSTALLATION_NOT_FOUND: `${app} är inte installerat på det här kontot.`,
  INSTALLATION_UNINSTALLED: `${app} togs bort från det här kontot.`,
  INSTALLATION_PAUSED: `De som driver ${app} har pausat det här kontot.`,
  CREDENTIALS_REJECTED: 'Trackunit avvisade vår åtkomst.',
  CREDENTIALS_QUARANTINED: 'Vår åtkomst är spärrad.',
  SCOPE_NOT_GRANTED: 'En nödvändig behörighet saknas.',
  PLAN_REQUIRED: 'Ert Trackunit-abonnemang omfattar inte detta.',
  TRACKUNIT_UNAVAILABLE: 'Trackunit slutade svara.',
  TRACKUNIT_RATE_LIMITED: 'Trackunit begränsade våra anrop gång på gång.',
  TRACKUNIT_REFUSED: 'Trackunit avvisade begäran.',
  STORAGE_UNAVAILABLE: 'Vår databas svarade inte.',
  CREDENTIALS_PENDING: 'Vår åtkomst fungerar inte ännu.',
  CREDENTIALS_AWAITING_APPROVAL: 'En administratör måste ta ställning till ny åtkomst.',
  ACTION_NOT_FOUND: 'Åtgärden finns inte längre.',
  ACTION_FAILED: 'Åtgärden kunde inte slutföra sitt arbete.',
  ACTION_FAULTY: 'Åtgärden har ett fel som dess utvecklare måste rätta.',
  ACTION_CHANGED: 'Åtgärden ändrades efter att körningen började. Starta den igen.',
  INPUT_INVALID: 'Åtgärden godtar inte längre de här valen.',
  RUN_STUCK: 'Servern slutade fungera flera gånger under körningen.',
  EFFECT_UNKNOWN:
    'Det är okänt om Trackunit gjorde den sista ändringen. Kontrollera i Trackunit och starta sedan igen.',
  RESTORED:
    'Vår server gick tillbaka till ett tidigare läge, så det är okänt vad som hände därefter. Kontrollera och starta sedan igen.',
  STORAGE_FULL: 'Kontots resultat och filer har fyllt sitt utrymme. Gamla tas bort automatiskt.',
  INTERNAL: `Något gick fel i ${app}.`,
})
