/** What the actions say in German. */
export const de = {
  attention: {
    title: 'Warnliste',
    description:
      'Maschinen, die sich nicht mehr melden, wenig Kraftstoff oder Ladung haben, deren Service überfällig ist oder die fehlerhafte Daten senden. Das Dringendste zuerst, mit dem Grund und dem, was seit dem letzten Mal neu ist.',
    'input.silentDays': 'Ohne Meldung seit',
    'input.silentDays.description': 'Maschinen, die sich nicht mehr melden.',
    'input.batteryPercent': 'Batterie unter',
    'input.batteryPercent.description': 'Prozent der vollen Ladung.',
    'input.fuelPercent': 'Kraftstoff unter',
    'input.fuelPercent.description': 'Prozent eines vollen Tanks.',
    readsMachines: 'Ihre Maschinen',
    readsMachinesMeans: 'Name, Seriennummer, Typ und Standort',
    readsContact: 'Deren letzte Meldungen',
    readsContactMeans: 'Wann sich jede Maschine zuletzt gemeldet hat und wo sie ist',
    readsLevels: 'Kraftstoff, Ladung und Datenqualität',
    readsLevelsMeans: 'Die neuesten Werte und die Probleme, die Trackunit erkennt',
    readsServices: 'Servicepläne',
    readsServicesMeans: 'Was überfällig ist',
    figure:
      'von {checked, plural, one {# Maschine} other {# Maschinen}} {found, plural, one {braucht} other {brauchen}} Aufmerksamkeit',
    figureAtLeast:
      'oder mehr von {checked, plural, one {# Maschine} other {# Maschinen}} {found, plural, one {braucht} other {brauchen}} Aufmerksamkeit',
    why: 'Warum',
    also: 'Außerdem',
    reason: 'Grund',
    new: 'Neu',
    openSince: 'Seit',

    silent: 'Ohne Meldung',
    trackerBatteryLow: 'Batterie des Trackers schwach',
    noData: 'Keine Daten',
    machineBatteryLow: 'Batterie der Maschine schwach',
    serviceOverdue: 'Service überfällig',
    fuelLow: 'Wenig Kraftstoff',
    weakGps: 'Schwaches GPS',
    dataHealth: 'Datenqualität',

    silentFor: 'Seit {days, plural, one {# Tag} other {# Tagen}} keine Meldung',
    neverReported: 'Hat sich nie gemeldet',
    chargeAt: 'Batterie bei {percent, number}\u00a0%',
    fuelAt: 'Kraftstoff bei {percent, number}\u00a0%',
    serviceIsOverdue: 'Der Service ist überfällig',
    noEngineData: 'Keine Motordaten, vermutlich liegt es an den Kabeln zum Tracker',
    noDataFor: 'Keine Daten seit {days, plural, =0 {heute} one {# Tag} other {# Tagen}}',
    noEngineDataFor:
      'Keine Motordaten seit {days, plural, =0 {heute} one {# Tag} other {# Tagen}}, vermutlich liegt es an den Kabeln zum Tracker',
    trackerBatteryLowFor: 'Batterie des Trackers schwach seit {days, plural, =0 {heute} one {# Tag} other {# Tagen}}',
    machineBatteryLowFor: 'Batterie der Maschine schwach seit {days, plural, =0 {heute} one {# Tag} other {# Tagen}}',
    weakGpsFor: 'Schwaches GPS seit {days, plural, =0 {heute} one {# Tag} other {# Tagen}}',

    readCounters: 'Zähler lesen',
    checkDataHealth: 'Datenqualität prüfen',
    checkServices: 'Service prüfen',
    rank: 'Ordnen und mit dem letzten Mal vergleichen',
    dataHealthRead: 'Listen zur Datenqualität gelesen',
    countersUnread:
      'Kraftstoff und letzter Kontakt fehlen: Trackunit hat sie uns nicht lesen lassen oder nicht geantwortet.',
    healthRefused: 'Die Datenqualität fehlt: Trackunit lässt sie uns nicht lesen.',
    healthUnanswered: 'Die Datenqualität fehlt: Trackunit hat nicht geantwortet.',
    servicesRefused:
      'Überfällige Services fehlen: Trackunit lässt sie uns nicht lesen. Es fehlt die Berechtigung oder die Lizenz.',
    servicesUnanswered: 'Überfällige Services fehlen: Trackunit hat nicht geantwortet.',
    servicesNotAllowed: 'Überfällige Services fehlen: Die Berechtigung „Servicepläne sehen“ wurde nicht erteilt.',
    servicesUnchecked: 'Der Service ist nicht geprüft.',
    healthAndServicesUnchecked: 'Datenqualität und Service sind nicht geprüft.',
    chartTitle: 'Warum sie Aufmerksamkeit brauchen',
    chartNote: 'Eine Maschine mit mehreren Gründen zählt beim schwerwiegendsten.',
    lastTime:
      '{off, plural, =0 {Keine Maschine ist} one {# Maschine ist} other {# Maschinen sind}} seit dem letzten Mal von der Liste verschwunden.',

    noMachines: 'Es gibt keine Maschinen zu prüfen.',
    nothingFound:
      'Keine Maschine braucht Aufmerksamkeit. {checked, plural, one {Die Maschine ist in Ordnung} other {Alle # Maschinen sind in Ordnung}}.',
    nothingFoundInPart:
      'Bei {checked, plural, one {# Maschine} other {# Maschinen}} wurde nichts gefunden, was Aufmerksamkeit braucht. Einige Daten fehlen.',
    nothingFoundThere: 'Dort wurde nichts gefunden.',
    checkedInPart: 'Nicht alle Daten von {machines, plural, one {# Maschine} other {# Maschinen}} wurden gelesen.',
    onlyCheckedOn:
      'Nur {checks, select, BF {Batterie, Kraftstoff und letzter Kontakt wurden} BFH {Batterie, Kraftstoff, letzter Kontakt und Datenqualität wurden} BFS {Batterie, Kraftstoff, letzter Kontakt und Service wurden} B {die Batterie wurde} BH {Batterie und Datenqualität wurden} BS {Batterie und Service wurden} BHS {Batterie, Datenqualität und Service wurden} F {Kraftstoff und letzter Kontakt wurden} FH {Kraftstoff, letzter Kontakt und Datenqualität wurden} FS {Kraftstoff, letzter Kontakt und Service wurden} FHS {Kraftstoff, letzter Kontakt, Datenqualität und Service wurden} H {die Datenqualität wurde} S {der Service wurde} HS {Datenqualität und Service wurden} other {die Maschinenliste wurde}} geprüft, bei {machines, plural, one {# Maschine} other {# Maschinen}}.',
    foundAtLeast:
      'Mindestens {found, number} von {checked, plural, one {# Maschine} other {# Maschinen}} {found, plural, one {braucht} other {brauchen}} Aufmerksamkeit.',
    foundAtLeastWithNew:
      'Mindestens {found, number} von {checked, plural, one {# Maschine} other {# Maschinen}} {found, plural, one {braucht} other {brauchen}} Aufmerksamkeit, {new, plural, =0 {keine davon ist} one {# davon ist} other {# davon sind}} neu.',
    found:
      '{found, number} von {checked, plural, one {# Maschine} other {# Maschinen}} {found, plural, one {braucht} other {brauchen}} Aufmerksamkeit.',
    foundWithNew:
      '{found, number} von {checked, plural, one {# Maschine} other {# Maschinen}} {found, plural, one {braucht} other {brauchen}} Aufmerksamkeit, {new, plural, =0 {keine davon ist} one {# davon ist} other {# davon sind}} neu.',
  },
  events: {
    title: 'Alte Ereignisse aufräumen',
    description: 'Verwirft alte, noch offene Ereignisse, damit die Ereignisliste zeigt, worauf es ankommt.',
    'input.olderThanDays': 'Älter als',
    'input.olderThanDays.description': 'Gerechnet ab dem Tag, an dem das Ereignis begann.',
    'input.kinds': 'Arten von Ereignissen',
    'input.kinds.ALERT': 'Alarme',
    'input.kinds.MACHINE_FAULT': 'Maschinenfehler',
    'input.kinds.INSPECTION': 'Inspektionen',
    'input.kinds.PRE_CHECK': 'Kontrollen vor dem Start',
    'input.kinds.DAMAGE_REPORT': 'Schadensmeldungen',
    'input.kinds.CLASSIC_SERVICE': 'Services (klassisch)',
    'input.kinds.SERVICE_MANAGEMENT': 'Serviceerinnerungen',
    'input.criticalities': 'Schweregrad',
    'input.criticalities.description': 'Kritische Ereignisse bleiben bestehen, solange Sie sie nicht ankreuzen.',
    'input.criticalities.NONE': 'Nicht bewertet',
    'input.criticalities.LOW': 'Gering',
    'input.criticalities.CRITICAL': 'Kritisch',
    'input.lookBackDays': 'Rückblick',
    'input.lookBackDays.description':
      'Ältere Ereignisse bleiben bestehen. Trackunit gibt nicht an, wie weit seine Liste zurückreicht.',
    plan: 'das Recht von Apps, Ereignisse zu verwerfen',
    event: 'Ereignis',
    opened: 'Begonnen',
    severity: 'Schweregrad',
    eventId: 'Ereignis-ID',
    outcome: 'Status',
    'kind.ALERT': 'Alarm',
    'kind.MACHINE_FAULT': 'Maschinenfehler',
    'kind.INSPECTION': 'Inspektion',
    'kind.PRE_CHECK': 'Kontrolle vor dem Start',
    'kind.DAMAGE_REPORT': 'Schadensmeldung',
    'kind.CLASSIC_SERVICE': 'Service (klassisch)',
    'kind.SERVICE_MANAGEMENT': 'Serviceerinnerung',
    'severity.NONE': 'Nicht bewertet',
    'severity.LOW': 'Gering',
    'severity.CRITICAL': 'Kritisch',
    dismissed: 'Verworfen',
    notDismissed: 'Nicht verworfen',
    unknown: 'Unbekannt',

    listEvents: 'Alte Ereignisse suchen',
    dismissEvents: 'Ereignisse verwerfen',
    listsRead: 'Ereignislisten gelesen',
    eventsDismissed: 'Ereignisse verworfen',
    pace: '{lists, number} Listen sind zu lesen. Trackunit erlaubt zwei je halbe Stunde, es dauert also etwa {hours, plural, =0 {{minutes, number} Min.} other {# Std.{minutes, plural, =0 {} other { # Min.}}}}.',

    wouldDismiss: '{count, plural, one {# Ereignis würde} other {# Ereignisse würden}} verworfen.',
    nothingChangedYet: 'Noch ist nichts geändert.',
    nothingOld: 'Kein offenes Ereignis ist älter als {days, plural, one {# Tag} other {# Tage}}.',
    nothingToDismiss: 'Es gibt nichts zu verwerfen.',
    nothingDismissed: 'Es gab nichts zu verwerfen.',
    dismissedSoFar: 'Bisher {dismissed, number} von {total, plural, one {# Ereignis} other {# Ereignissen}} verworfen.',
    partOfLists: '{lists, plural, one {# Ereignisliste} other {# Ereignislisten}} gelesen; einige fehlen.',
    nothingChanged: 'Nichts ist geändert.',
    outcomeUnknown:
      'Bei {count, plural, one {# Ereignis} other {# Ereignissen}} ist unbekannt, ob das Verwerfen gelungen ist. Sehen Sie in Trackunit nach.',
    untouched: '{count, plural, one {# weiteres Ereignis ist} other {# weitere Ereignisse sind}} unverändert.',
    allDismissed: '{count, plural, one {# Ereignis} other {# Ereignisse}} verworfen.',
    someDismissed: '{dismissed, number} von {total, plural, one {# Ereignis} other {# Ereignissen}} verworfen.',
    refused:
      'Trackunit hat {count, plural, one {# Ereignis} other {# Ereignisse}} nicht verworfen. Die Liste zeigt, welche.',
    onlyThese: 'Nur diese Ereignisse werden verworfen, keine neueren.',
  },
  snapshot: {
    title: 'Flottenübersicht',
    description:
      'Jede Maschine mit Betriebsstunden, Leerlaufstunden, Kraftstoff, Batterie, Position und Standort, als Tabelle. Dazu, was seit dem letzten Mal an einem Standort angekommen ist oder ihn verlassen hat.',
    'input.chartBy': 'Diagramm nach',
    'input.idleHours': 'Leerlaufstunden lesen',
    'input.idleHours.description': 'Trackunit lässt sie uns einmal alle 15 Minuten lesen.',
    'input.chartBy.type': 'Typ',
    'input.chartBy.brand': 'Marke',
    'input.chartBy.site': 'Standort',
    change: 'Änderung',
    new: 'Neu',
    arrived: 'Angekommen',
    left: 'Abgefahren',
    gone: 'Nicht mehr da',
    newOnAccount: 'Neu auf dem Konto',
    goneFromAccount: 'Nicht mehr auf dem Konto',
    leftSite: 'Hat {site} verlassen',
    arrivedFrom: 'Kam von {site}',

    readIdleHours: 'Leerlaufstunden lesen',
    compare: 'Mit dem letzten Mal vergleichen',
    machinesByType: 'Maschinen nach Typ',
    machinesByBrand: 'Maschinen nach Marke',
    machinesBySite: 'Maschinen nach Standort',
    idleHoursRefused: 'Leerlaufstunden fehlen: Trackunit lässt sie uns nicht lesen.',
    idleHoursUnanswered: 'Leerlaufstunden fehlen: Trackunit hat nicht geantwortet.',
    idleHoursMissing: 'Leerlaufstunden fehlen.',
    idleHoursNotRead: 'Leerlaufstunden wurden nicht gelesen.',

    figure:
      '{count, plural, one {Maschine} other {Maschinen}}{sites, plural, =0 {} one { an # Standort} other { an # Standorten}}',
    noMachines: 'Es gibt keine Maschinen aufzulisten.',
    listed: '{machines, plural, one {# Maschine} other {# Maschinen}} aufgelistet.',
    listedOnSites:
      '{machines, plural, one {# Maschine} other {# Maschinen}} an {sites, plural, one {# Standort} other {# Standorten}} aufgelistet.',
    noneMoved: 'Seit dem letzten Mal hat keine den Standort gewechselt.',
    arrivals:
      '{count, plural, one {# Maschine ist} other {# Maschinen sind}} seit dem letzten Mal an einem Standort angekommen.',
    departures: '{count, plural, one {# Maschine hat} other {# Maschinen haben}} einen Standort verlassen.',
    newMachines: '{count, plural, one {# Maschine ist} other {# Maschinen sind}} neu.',
    goneMachines: '{count, plural, one {# Maschine ist} other {# Maschinen sind}} nicht mehr da.',
  },
  usage: {
    title: 'Auslastung und Leerlauf',
    description:
      'Betriebs- und Leerlaufstunden je Woche, nach Typ und Standort, aus den Zählern, die die Flottenübersicht speichert. Leerlauf heißt: Der Motor läuft, ohne dass die Maschine arbeitet.',
    'input.weeks': 'Wie weit zurück',
    'input.weeks.description': 'Ganze Wochen, Montag bis Sonntag.',
    week: 'Woche',
    engineHours: 'Betriebsstunden',
    idleShare: 'Leerlaufanteil',
    weekBefore: 'Woche davor',
    byType: 'Nach Typ',
    bySite: 'Nach Standort',
    weekNumber: 'KW\u00a0{week}',
    chartTitle: 'Leerlaufanteil',
    idleOfHours: '{idle, number} von {hours, number} Stunden',
    partialWeeks:
      '{count, plural, one {Woche {weeks} ist nur teilweise erfasst (schraffiert)} other {Die Wochen {weeks} sind nur teilweise erfasst (schraffiert)}}.',
    sharesOfTheRest: 'Die Anteile stammen von den Maschinen, die sich gemeldet haben.',
    change:
      '{direction, select, up {{points, plural, one {# Prozentpunkt} other {# Prozentpunkte}} mehr als in KW\u00a0{week}} down {{points, plural, one {# Prozentpunkt} other {# Prozentpunkte}} weniger als in KW\u00a0{week}} other {Wie in KW\u00a0{week}}}.',
    figureLastWeek: 'der Betriebsstunden waren letzte Woche Leerlauf',
    figureInWeek: 'der Betriebsstunden waren in KW\u00a0{week} Leerlauf',
    offerSnapshot: 'Jeden Tag um 05:00\u00a0Uhr eine Flottenübersicht',
    offerSnapshotMeans:
      'Sie sammelt die Stunden, die dieser Bericht vergleicht. Die erste ganze Woche ist am übernächsten Montag fertig.',

    readCounters: 'Gespeicherte Zähler lesen',
    sumUp: 'Wochen zusammenzählen',

    noCounters: 'Es gibt noch keine ganzen Wochen zu vergleichen.',
    ranIdleLastWeek:
      'Die Motoren liefen letzte Woche {percent, number}\u00a0% ihrer Stunden im Leerlauf: {idle, number} von {hours, number}.',
    ranIdleInWeek:
      'Die Motoren liefen in KW\u00a0{week} {percent, number}\u00a0% ihrer Stunden im Leerlauf: {idle, number} von {hours, number}.',
    ranLastWeek:
      '{machines, plural, one {# Maschine lief} other {# Maschinen liefen}} letzte Woche {hours, number} Stunden.',
    ranInWeek:
      '{machines, plural, one {# Maschine lief} other {# Maschinen liefen}} in KW\u00a0{week} {hours, number} Stunden.',
    idleHoursUnknown: 'Leerlaufstunden sind nicht bekannt.',
    howCounted:
      'Jede Maschine zählt einmal, bei ihrem Typ und bei dem Standort, an dem sie jetzt ist. Stunden zählen in der Woche, in der der größte Teil der Zeit zwischen zwei Übersichten liegt.',
    weeksBegin: 'Wochen beginnen am Montag, Zeitzone {timeZone}.',
    reset:
      '{count, plural, one {Eine Maschine hatte} other {# Maschinen hatten}} einen Zähler, der zurückgesetzt wurde oder sprang. Die Stunden zwischen den beiden Ablesungen fehlen.',
    gap: '{count, plural, one {Eine Maschine arbeitete} other {# Maschinen arbeiteten}} mehr als acht Tage ohne Übersicht. Diese Stunden fehlen, weil ihre Woche unbekannt ist.',
  },
}
