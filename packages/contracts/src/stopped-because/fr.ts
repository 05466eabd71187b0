import type { StoppedBecause } from './en.ts'

/** In French. */
export const stoppedBecause: StoppedBecause = (app) => ({
  INSTALLATION_NOT_FOUND: `${app} n’est pas installé sur ce compte.`,
  INSTALLATION_UNINSTALLED: `${app} a été retiré de ce compte.`,
  INSTALLATION_PAUSED: `L’équipe qui gère ${app} a mis ce compte en pause.`,
  CREDENTIALS_REJECTED: 'Trackunit a refusé notre accès.',
  CREDENTIALS_QUARANTINED: 'Notre accès est verrouillé.',
  SCOPE_NOT_GRANTED: 'Il manque une autorisation nécessaire.',
  PLAN_REQUIRED: 'Votre abonnement Trackunit ne l’inclut pas.',
  TRACKUNIT_UNAVAILABLE: 'Trackunit ne répondait plus.',
  TRACKUNIT_RATE_LIMITED: 'Trackunit a limité nos requêtes à plusieurs reprises.',
  TRACKUNIT_REFUSED: 'Trackunit a refusé la requête.',
  STORAGE_UNAVAILABLE: 'Notre base de données n’a pas répondu.',
  CREDENTIALS_PENDING: 'Notre accès ne fonctionne pas encore.',
  CREDENTIALS_AWAITING_APPROVAL: 'Un administrateur doit se prononcer sur un nouvel accès.',
  ACTION_NOT_FOUND: 'L’action n’existe plus.',
  ACTION_FAILED: 'L’action n’a pas pu aboutir.',
  ACTION_FAULTY: 'L’action contient une erreur que son auteur doit corriger.',
  ACTION_CHANGED: 'L’action a été modifiée après le début de cette exécution. Relancez-la.',
  INPUT_INVALID: 'L’action n’accepte plus ces choix.',
  RUN_STUCK: 'Le serveur est tombé en panne plusieurs fois pendant cette exécution.',
  EFFECT_UNKNOWN:
    'On ne sait pas si Trackunit a effectué la dernière modification. Vérifiez dans Trackunit, puis relancez.',
  RESTORED:
    'Notre serveur est revenu à un état antérieur, on ne sait donc pas ce qui s’est passé ensuite. Vérifiez, puis relancez.',
  STORAGE_FULL:
    'Les résultats et fichiers de ce compte occupent tout l’espace prévu. Les plus anciens sont supprimés automatiquement.',
  INTERNAL: `Un problème est survenu dans ${app}.`,
})
