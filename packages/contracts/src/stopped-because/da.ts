import type { StoppedBecause } from './en.ts'

/** In Danish. */
export const stoppedBecause: StoppedBecause = (app) => ({
  INSTALLATION_NOT_FOUND: `${app} er ikke installeret på denne konto.`,
  INSTALLATION_UNINSTALLED: `${app} blev fjernet fra denne konto.`,
  INSTALLATION_PAUSED: `De, der driver ${app}, har sat denne konto på pause.`,
  CREDENTIALS_REJECTED: 'Trackunit afviste vores adgang.',
  CREDENTIALS_QUARANTINED: 'Vores adgang er spærret.',
  SCOPE_NOT_GRANTED: 'En nødvendig tilladelse mangler.',
  PLAN_REQUIRED: 'Jeres Trackunit-abonnement omfatter ikke dette.',
  TRACKUNIT_UNAVAILABLE: 'Trackunit holdt op med at svare.',
  TRACKUNIT_RATE_LIMITED: 'Trackunit begrænsede gentagne gange vores forespørgsler.',
  TRACKUNIT_REFUSED: 'Trackunit afviste forespørgslen.',
  STORAGE_UNAVAILABLE: 'Vores database svarede ikke.',
  CREDENTIALS_PENDING: 'Vores adgang virker ikke endnu.',
  CREDENTIALS_AWAITING_APPROVAL: 'En administrator skal tage stilling til ny adgang.',
  ACTION_NOT_FOUND: 'Opgaven findes ikke længere.',
  INPUT_INVALID: 'Opgaven godtager ikke længere disse valg.',
  ACTION_FAILED: 'Opgaven kunne ikke udføre sit arbejde.',
  ACTION_FAULTY: 'Der er en fejl i opgaven. Den skal rettes af dem, der har lavet den.',
  ACTION_CHANGED: 'Opgaven blev ændret, efter at kørslen begyndte. Start den igen.',
  RUN_STUCK: 'Serveren fejlede flere gange under denne kørsel.',
  EFFECT_UNKNOWN: 'Det er uvist, om Trackunit foretog den sidste ændring. Se efter i Trackunit, og start så igen.',
  RESTORED:
    'Vores server blev ført tilbage til en tidligere tilstand, så det er uvist, hvad der skete bagefter. Se efter, og start så igen.',
  STORAGE_FULL: 'Denne kontos resultater og filer bruger al deres plads. Gamle slettes automatisk.',
  INTERNAL: `Noget gik galt i ${app}.`,
})
