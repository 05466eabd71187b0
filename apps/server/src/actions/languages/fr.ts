/** What the actions say in French. */
export const fr = {
  attention: {
    title: 'Machines à surveiller',
    description:
      'Les machines qui ne transmettent plus, manquent de carburant ou de charge, ont un entretien en retard ou envoient des données erronées. Par ordre d’urgence, avec la raison et ce qui est nouveau depuis la dernière fois.',
    'input.silentDays': 'Muette après',
    'input.silentDays.description': 'Machines qui ne transmettent plus.',
    'input.batteryPercent': 'Batterie sous',
    'input.batteryPercent.description': 'Pourcentage d’une charge complète.',
    'input.fuelPercent': 'Carburant sous',
    'input.fuelPercent.description': 'Pourcentage d’un plein.',
    readsMachines: 'Vos machines',
    readsMachinesMeans: 'Nom, numéro de série, type et site',
    readsContact: 'Leurs derniers messages',
    readsContactMeans: 'Quand chacune a transmis pour la dernière fois, et où elle est',
    readsLevels: 'Carburant, charge et qualité des données',
    readsLevelsMeans: 'Les dernières valeurs, et les problèmes que Trackunit détecte',
    readsServices: 'Plans d’entretien',
    readsServicesMeans: 'Ce qui est en retard',
    figure:
      'sur {checked, plural, one {# machine} other {# machines}} {found, plural, one {demande} other {demandent}} votre attention',
    figureAtLeast:
      'ou plus sur {checked, plural, one {# machine} other {# machines}} {found, plural, one {demande} other {demandent}} votre attention',
    why: 'Pourquoi',
    also: 'Aussi',
    reason: 'Raison',
    new: 'Nouveau',
    openSince: 'Depuis',

    silent: 'Muette',
    trackerBatteryLow: 'Batterie de la balise faible',
    noData: 'Pas de données',
    machineBatteryLow: 'Batterie de la machine faible',
    serviceOverdue: 'Entretien en retard',
    fuelLow: 'Niveau de carburant bas',
    weakGps: 'GPS faible',
    dataHealth: 'Qualité des données',

    silentFor: 'Muette depuis {days, plural, one {# jour} other {# jours}}',
    neverReported: 'N’a jamais transmis',
    chargeAt: 'Batterie à {percent, number}\u00a0%',
    fuelAt: 'Carburant à {percent, number}\u00a0%',
    serviceIsOverdue: 'L’entretien est en retard',
    noEngineData: 'Pas de données du moteur, sans doute à cause des câbles de la balise',
    noDataFor: 'Pas de données depuis {days, plural, =0 {aujourd’hui} one {# jour} other {# jours}}',
    noEngineDataFor:
      'Pas de données du moteur depuis {days, plural, =0 {aujourd’hui} one {# jour} other {# jours}}, sans doute à cause des câbles de la balise',
    trackerBatteryLowFor:
      'Batterie de la balise faible depuis {days, plural, =0 {aujourd’hui} one {# jour} other {# jours}}',
    machineBatteryLowFor:
      'Batterie de la machine faible depuis {days, plural, =0 {aujourd’hui} one {# jour} other {# jours}}',
    weakGpsFor: 'GPS faible depuis {days, plural, =0 {aujourd’hui} one {# jour} other {# jours}}',

    readCounters: 'Lire les compteurs',
    checkDataHealth: 'Vérifier la qualité des données',
    checkServices: 'Vérifier les entretiens',
    rank: 'Classer et comparer avec la dernière fois',
    dataHealthRead: 'listes de qualité des données lues',
    countersUnread:
      'Le carburant et le dernier contact manquent\u00a0: Trackunit ne nous les a pas laissé lire, ou n’a pas répondu.',
    healthRefused: 'La qualité des données manque\u00a0: Trackunit ne nous la laisse pas lire.',
    healthUnanswered: 'La qualité des données manque\u00a0: Trackunit n’a pas répondu.',
    servicesRefused:
      'Les entretiens en retard manquent\u00a0: Trackunit ne nous les laisse pas lire. Il manque l’autorisation ou la licence.',
    servicesUnanswered: 'Les entretiens en retard manquent\u00a0: Trackunit n’a pas répondu.',
    servicesNotAllowed:
      'Les entretiens en retard manquent\u00a0: l’autorisation «\u00a0Voir les plans d’entretien\u00a0» n’est pas accordée.',
    servicesUnchecked: 'Les entretiens ne sont pas vérifiés.',
    healthAndServicesUnchecked: 'La qualité des données et les entretiens ne sont pas vérifiés.',
    chartTitle: 'Pourquoi elles demandent votre attention',
    chartNote: 'Une machine qui a plusieurs raisons compte sous la plus grave.',
    lastTime:
      '{off, plural, =0 {Aucune machine n’est sortie} one {# machine est sortie} other {# machines sont sorties}} de la liste depuis la dernière fois.',

    noMachines: 'Il n’y a aucune machine à vérifier.',
    nothingFound:
      'Rien ne demande votre attention. {checked, plural, one {La machine est en ordre} other {Les # machines sont en ordre}}.',
    nothingFoundInPart:
      'Rien ne demande votre attention sur {checked, plural, one {# machine} other {# machines}}. Il manque des données.',
    nothingFoundThere: 'Rien n’y a été trouvé.',
    checkedInPart: 'Les données de {machines, plural, one {# machine} other {# machines}} n’ont pas toutes été lues.',
    onlyCheckedOn:
      'Vérifié seulement\u00a0: {checks, select, BF {batterie, carburant et dernier contact} BFH {batterie, carburant, dernier contact et qualité des données} BFS {batterie, carburant, dernier contact et entretiens} B {batterie} BH {batterie et qualité des données} BS {batterie et entretiens} BHS {batterie, qualité des données et entretiens} F {carburant et dernier contact} FH {carburant, dernier contact et qualité des données} FS {carburant, dernier contact et entretiens} FHS {carburant, dernier contact, qualité des données et entretiens} H {qualité des données} S {entretiens} HS {qualité des données et entretiens} other {liste des machines}}, sur {machines, plural, one {# machine} other {# machines}}.',
    foundAtLeast:
      'Au moins {found, number} sur {checked, plural, one {# machine} other {# machines}} {found, plural, one {demande} other {demandent}} votre attention.',
    foundAtLeastWithNew:
      'Au moins {found, number} sur {checked, plural, one {# machine} other {# machines}} {found, plural, one {demande} other {demandent}} votre attention, dont {new, plural, =0 {aucune nouvelle} one {# nouvelle} other {# nouvelles}}.',
    found:
      '{found, number} sur {checked, plural, one {# machine} other {# machines}} {found, plural, one {demande} other {demandent}} votre attention.',
    foundWithNew:
      '{found, number} sur {checked, plural, one {# machine} other {# machines}} {found, plural, one {demande} other {demandent}} votre attention, dont {new, plural, =0 {aucune nouvelle} one {# nouvelle} other {# nouvelles}}.',
  },
  events: {
    title: 'Écarter les anciens événements',
    description: 'Écarte les anciens événements encore ouverts, pour que la liste des événements montre l’essentiel.',
    'input.olderThanDays': 'Antérieurs à',
    'input.olderThanDays.description': 'À compter du jour où l’événement s’est ouvert.',
    'input.kinds': 'Types d’événements',
    'input.kinds.ALERT': 'Alertes',
    'input.kinds.MACHINE_FAULT': 'Pannes',
    'input.kinds.INSPECTION': 'Inspections',
    'input.kinds.PRE_CHECK': 'Contrôles avant démarrage',
    'input.kinds.DAMAGE_REPORT': 'Rapports de dommages',
    'input.kinds.CLASSIC_SERVICE': 'Entretiens (classiques)',
    'input.kinds.SERVICE_MANAGEMENT': 'Rappels d’entretien',
    'input.criticalities': 'Gravité',
    'input.criticalities.description': 'Les événements critiques restent, sauf si vous les cochez.',
    'input.criticalities.NONE': 'Non évaluée',
    'input.criticalities.LOW': 'Faible',
    'input.criticalities.CRITICAL': 'Critique',
    'input.lookBackDays': 'Remonter à',
    'input.lookBackDays.description':
      'Les événements plus anciens restent. Trackunit n’indique pas jusqu’où remonte sa liste.',
    plan: 'le droit des applications d’écarter des événements',
    event: 'Événement',
    opened: 'Ouvert',
    severity: 'Gravité',
    eventId: 'ID de l’événement',
    outcome: 'Issue',
    'kind.ALERT': 'Alerte',
    'kind.MACHINE_FAULT': 'Panne',
    'kind.INSPECTION': 'Inspection',
    'kind.PRE_CHECK': 'Contrôle avant démarrage',
    'kind.DAMAGE_REPORT': 'Rapport de dommages',
    'kind.CLASSIC_SERVICE': 'Entretien (classique)',
    'kind.SERVICE_MANAGEMENT': 'Rappel d’entretien',
    'severity.NONE': 'Non évaluée',
    'severity.LOW': 'Faible',
    'severity.CRITICAL': 'Critique',
    dismissed: 'Écarté',
    notDismissed: 'Non écarté',
    unknown: 'Inconnu',

    listEvents: 'Rechercher les anciens événements',
    dismissEvents: 'Écarter les événements',
    listsRead: 'listes d’événements lues',
    eventsDismissed: 'événements écartés',
    pace: '{lists, number} listes à lire. Trackunit en autorise deux par demi-heure, cela prend donc environ {hours, plural, =0 {{minutes, number} min} other {# h{minutes, plural, =0 {} other { # min}}}}.',

    wouldDismiss: '{count, plural, one {# événement serait écarté} other {# événements seraient écartés}}.',
    nothingChangedYet: 'Rien n’a encore été modifié.',
    nothingOld: 'Aucun événement ouvert n’a plus de {days, plural, one {# jour} other {# jours}}.',
    nothingToDismiss: 'Il n’y a rien à écarter.',
    nothingDismissed: 'Il n’y avait rien à écarter.',
    dismissedSoFar:
      '{dismissed, number} sur {total, plural, one {# événement écarté} other {# événements écartés}} jusqu’ici.',
    partOfLists:
      '{lists, plural, one {# liste d’événements lue} other {# listes d’événements lues}}\u202f; il en manque.',
    nothingChanged: 'Rien n’a été modifié.',
    outcomeUnknown:
      'L’issue de {count, plural, one {# événement est inconnue. Vérifiez-le} other {# événements est inconnue. Vérifiez-les}} dans Trackunit.',
    untouched: '{count, plural, one {# autre événement est inchangé} other {# autres événements sont inchangés}}.',
    allDismissed: '{count, plural, one {# événement écarté} other {# événements écartés}}.',
    someDismissed: '{dismissed, number} sur {total, plural, one {# événement écarté} other {# événements écartés}}.',
    refused:
      'Trackunit n’a pas écarté {count, plural, one {# événement. La liste montre lequel} other {# événements. La liste montre lesquels}}.',
    onlyThese: 'Seuls ces événements sont écartés, aucun plus récent.',
  },
  snapshot: {
    title: 'État du parc',
    description:
      'Chaque machine avec ses heures, ses heures au ralenti, son carburant, sa batterie, sa position et son site, dans un tableau. Indique aussi ce qui est arrivé sur un site ou l’a quitté depuis la dernière fois.',
    'input.chartBy': 'Graphique par',
    'input.idleHours': 'Lire les heures au ralenti',
    'input.idleHours.description': 'Trackunit nous les laisse lire une fois par quart d’heure.',
    'input.chartBy.type': 'Type',
    'input.chartBy.brand': 'Marque',
    'input.chartBy.site': 'Site',
    change: 'Changement',
    new: 'Nouveau',
    arrived: 'Arrivée',
    left: 'Partie',
    gone: 'Disparue',
    newOnAccount: 'Nouvelle sur le compte',
    goneFromAccount: 'N’est plus sur le compte',
    leftSite: 'A quitté {site}',
    arrivedFrom: 'Venue de {site}',

    readIdleHours: 'Lire les heures au ralenti',
    compare: 'Comparer avec la dernière fois',
    machinesByType: 'Machines par type',
    machinesByBrand: 'Machines par marque',
    machinesBySite: 'Machines par site',
    idleHoursRefused: 'Les heures au ralenti manquent\u00a0: Trackunit ne nous les laisse pas lire.',
    idleHoursUnanswered: 'Les heures au ralenti manquent\u00a0: Trackunit n’a pas répondu.',
    idleHoursMissing: 'Les heures au ralenti manquent.',
    idleHoursNotRead: 'Les heures au ralenti n’ont pas été lues.',

    figure:
      '{count, plural, one {machine} other {machines}}{sites, plural, =0 {} one { sur # site} other { sur # sites}}',
    noMachines: 'Il n’y a aucune machine à recenser.',
    listed: '{machines, plural, one {# machine recensée} other {# machines recensées}}.',
    listedOnSites:
      '{machines, plural, one {# machine recensée} other {# machines recensées}} sur {sites, plural, one {# site} other {# sites}}.',
    noneMoved: 'Aucune machine n’a changé de site depuis la dernière fois.',
    arrivals:
      '{count, plural, one {# machine est arrivée} other {# machines sont arrivées}} sur un site depuis la dernière fois.',
    departures: '{count, plural, one {# machine a quitté} other {# machines ont quitté}} un site.',
    newMachines: '{count, plural, one {# machine est nouvelle} other {# machines sont nouvelles}}.',
    goneMachines: '{count, plural, one {# machine a disparu} other {# machines ont disparu}}.',
  },
  usage: {
    title: 'Utilisation et ralenti',
    description:
      'Heures de travail et au ralenti par semaine, par type et par site, d’après les compteurs qu’enregistre l’état du parc. Au ralenti, le moteur tourne sans que la machine travaille.',
    'input.weeks': 'Jusqu’où remonter',
    'input.weeks.description': 'Semaines entières, du lundi au dimanche.',
    week: 'Semaine',
    engineHours: 'Heures moteur',
    idleShare: 'Part du ralenti',
    weekBefore: 'Semaine précédente',
    byType: 'Par type',
    bySite: 'Par site',
    weekNumber: 'S{week}',
    chartTitle: 'Part du ralenti',
    idleOfHours: '{idle, number} sur {hours, number} heures',
    partialWeeks:
      '{count, plural, one {La semaine {weeks} est partielle (hachurée)} other {Les semaines {weeks} sont partielles (hachurées)}}.',
    sharesOfTheRest: 'Les parts portent sur les machines qui ont transmis.',
    change:
      '{direction, select, up {En hausse de {points, plural, one {# point} other {# points}} depuis la semaine {week}} down {En baisse de {points, plural, one {# point} other {# points}} depuis la semaine {week}} other {Comme en semaine {week}}}.',
    figureLastWeek: 'des heures moteur étaient au ralenti la semaine dernière',
    figureInWeek: 'des heures moteur étaient au ralenti en semaine {week}',
    offerSnapshot: 'Un état du parc chaque jour à 05:00',
    offerSnapshotMeans:
      'Il recueille les heures que ce rapport compare. La première semaine entière sera prête le deuxième lundi à venir.',

    readCounters: 'Lire les compteurs enregistrés',
    sumUp: 'Additionner les semaines',

    noCounters: 'Il n’y a pas encore de semaine entière à comparer.',
    ranIdleLastWeek:
      'Les moteurs ont tourné au ralenti {percent, number}\u00a0% de leurs heures la semaine dernière\u00a0: {idle, number} sur {hours, number}.',
    ranIdleInWeek:
      'Les moteurs ont tourné au ralenti {percent, number}\u00a0% de leurs heures en semaine {week}\u00a0: {idle, number} sur {hours, number}.',
    ranLastWeek:
      '{machines, plural, one {# machine a tourné} other {# machines ont tourné}} {hours, number} heures la semaine dernière.',
    ranInWeek:
      '{machines, plural, one {# machine a tourné} other {# machines ont tourné}} {hours, number} heures en semaine {week}.',
    idleHoursUnknown: 'Les heures au ralenti ne sont pas connues.',
    howCounted:
      'Chaque machine compte une fois, sous son type et sous le site où elle est maintenant. Les heures comptent dans la semaine qui contient la plus grande part du temps entre deux états.',
    weeksBegin: 'Les semaines commencent le lundi, fuseau {timeZone}.',
    reset:
      '{count, plural, one {Une machine a} other {# machines ont}} un compteur qui a été remis à zéro ou a fait un saut. Les heures entre ces deux relevés sont laissées de côté.',
    gap: '{count, plural, one {Une machine a travaillé} other {# machines ont travaillé}} plus de huit jours sans état du parc. Ces heures sont laissées de côté, car leur semaine est inconnue.',
  },
}
