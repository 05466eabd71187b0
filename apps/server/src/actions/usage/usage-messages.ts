import { defineMessages } from 'standin'
import { machineTexts } from 'standin/fleet'

export const usageMessages = defineMessages({
  en: {
    ...machineTexts.en,
    typeOrSite: 'Type or site',
    week: 'Week',
    engineHours: 'Engine hours',
    idleShare: 'Idle share',
    weekBefore: 'Week before',
    by: 'By',
    weekNumber: 'W{week}',
    chartTitle: 'Engine hours per week',
    atWork: 'Working',
    idle: 'Idle: engine on, no work',
    idleUnknown: 'Idle hours unknown',
    noData: 'no data',
    chartNote: 'The percentage is the idle share.',
    share: '{percent, number}\u00a0%',
    daysOnly: '{days, plural, one {# day} other {# days}} only',

    readCounters: 'Read the stored counters',
    sumUp: 'Add up the weeks',

    noCounters: 'There are no full weeks to compare yet. Run the fleet snapshot, ideally every day, to collect hours.',
    ranIdleLastWeek:
      'Engines idled for {percent, number}\u00a0% of their hours last week: {idle, number} of {hours, number}.',
    ranIdleInWeek:
      'Engines idled for {percent, number}\u00a0% of their hours in week {week}: {idle, number} of {hours, number}.',
    ranLastWeek: '{machines, plural, one {# machine} other {# machines}} ran for {hours, number} hours last week.',
    ranInWeek: '{machines, plural, one {# machine} other {# machines}} ran for {hours, number} hours in week {week}.',
    idleHoursUnknown: 'Idle hours are unknown.',
    howCounted:
      'Hours count in the week that holds most of the time between two snapshots, and for the site where the machine is now.',
    weeksBegin: 'Weeks begin on Monday, {timeZone} time.',
    reset:
      '{count, plural, one {One machine} other {# machines}} had a counter that was reset or jumped. The hours between those two readings are left out.',
    gap: '{count, plural, one {One machine} other {# machines}} worked during more than eight days without a snapshot. Those hours are left out, because their week is unknown.',
  },
  da: {
    ...machineTexts.da,
    title: 'Udnyttelse og tomgang',
    description:
      'Arbejdstimer og tomgangstimer pr. uge, efter type og plads, fra de tællere, som flådeoversigten gemmer. Tomgang er, at motoren kører, uden at maskinen arbejder.',
    'input.weeks': 'Hvor langt tilbage',
    'input.weeks.description': 'Hele uger, mandag til søndag.',
    typeOrSite: 'Type eller plads',
    week: 'Uge',
    engineHours: 'Motortimer',
    idleShare: 'Tomgangsandel',
    weekBefore: 'Ugen før',
    by: 'Efter',
    weekNumber: 'U{week}',
    chartTitle: 'Motortimer pr. uge',
    atWork: 'I arbejde',
    idle: 'Tomgang: motoren kører uden arbejde',
    idleUnknown: 'Tomgangstimer kendes ikke',
    noData: 'ingen data',
    chartNote: 'Procenttallet er tomgangsandelen.',
    share: '{percent, number}\u00a0%',
    daysOnly: 'kun {days, plural, one {# dag} other {# dage}}',

    readCounters: 'Læs de gemte tællere',
    sumUp: 'Læg ugerne sammen',

    noCounters: 'Der er endnu ingen hele uger at sammenligne. Kør flådeoversigten, helst hver dag, for at samle timer.',
    ranIdleLastWeek:
      'Motorerne gik i tomgang {percent, number}\u00a0% af tiden i sidste uge: {idle, number} af {hours, number} timer.',
    ranIdleInWeek:
      'Motorerne gik i tomgang {percent, number}\u00a0% af tiden i uge {week}: {idle, number} af {hours, number} timer.',
    ranLastWeek: '{machines, plural, one {# maskine} other {# maskiner}} kørte {hours, number} timer i sidste uge.',
    ranInWeek: '{machines, plural, one {# maskine} other {# maskiner}} kørte {hours, number} timer i uge {week}.',
    idleHoursUnknown: 'Tomgangstimerne kendes ikke.',
    howCounted:
      'Timer tæller i den uge, hvor det meste af tiden mellem to oversigter ligger, og for den plads, hvor maskinen er nu.',
    weeksBegin: 'Uger begynder mandag, tidszone {timeZone}.',
    reset:
      '{count, plural, one {En maskine} other {# maskiner}} havde en tæller, der blev nulstillet eller sprang. Timerne mellem de to aflæsninger er udeladt.',
    gap: '{count, plural, one {En maskine} other {# maskiner}} arbejdede i mere end otte dage uden en oversigt. De timer er udeladt, fordi deres uge er ukendt.',
  },
})
