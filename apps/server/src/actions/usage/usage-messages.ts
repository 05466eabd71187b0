import { defineMessages } from 'standin'
import { machineTexts } from 'standin/fleet'
import { de } from '../languages/de.ts'
import { fr } from '../languages/fr.ts'
import { sv } from '../languages/sv.ts'

export const usageMessages = defineMessages({
  en: {
    ...machineTexts.en,
    week: 'Week',
    engineHours: 'Engine hours',
    idleShare: 'Idle share',
    weekBefore: 'Week before',
    byType: 'By type',
    bySite: 'By site',
    weekNumber: 'W{week}',
    chartTitle: 'Idle share',
    idleOfHours: '{idle, number} of {hours, number} hours',
    partialWeeks: '{count, plural, one {Week {weeks} is} other {Weeks {weeks} are}} partial (hatched).',
    sharesOfTheRest: 'The shares come from the machines that reported.',
    change:
      '{direction, select, up {Up {points, plural, one {# point} other {# points}} from week {week}} down {Down {points, plural, one {# point} other {# points}} from week {week}} other {As in week {week}}}.',
    figureLastWeek: 'of engine hours were idle last week',
    figureInWeek: 'of engine hours were idle in week {week}',
    offerSnapshot: 'A fleet snapshot every day at 05:00',
    offerSnapshotMeans:
      'It collects the hours that this report compares. The first full week is ready on the second Monday from now.',

    readCounters: 'Read the stored counters',
    sumUp: 'Add up the weeks',

    noCounters: 'There are no full weeks to compare yet.',
    ranIdleLastWeek:
      'Engines idled for {percent, number}\u00a0% of their hours last week: {idle, number} of {hours, number}.',
    ranIdleInWeek:
      'Engines idled for {percent, number}\u00a0% of their hours in week {week}: {idle, number} of {hours, number}.',
    ranLastWeek: '{machines, plural, one {# machine} other {# machines}} ran for {hours, number} hours last week.',
    ranInWeek: '{machines, plural, one {# machine} other {# machines}} ran for {hours, number} hours in week {week}.',
    idleHoursUnknown: 'Idle hours are unknown.',
    howCounted:
      'Each machine counts once, under its type and under the site where it is now. Hours count in the week that holds most of the time between two snapshots.',
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
    week: 'Uge',
    engineHours: 'Motortimer',
    idleShare: 'Tomgangsandel',
    weekBefore: 'Ugen før',
    byType: 'Efter type',
    bySite: 'Efter plads',
    weekNumber: 'U{week}',
    chartTitle: 'Tomgangsandel',
    idleOfHours: '{idle, number} af {hours, number} timer',
    partialWeeks:
      '{count, plural, one {Uge {weeks} er ikke fuldt dækket (skraveret)} other {Ugerne {weeks} er ikke fuldt dækket (skraveret)}}.',
    sharesOfTheRest: 'Andelene kommer fra de maskiner, der sendte data.',
    change:
      '{direction, select, up {{points, plural, other {# procentpoint}} op fra uge {week}} down {{points, plural, other {# procentpoint}} ned fra uge {week}} other {Som i uge {week}}}.',
    figureLastWeek: 'af motortimerne var tomgang i sidste uge',
    figureInWeek: 'af motortimerne var tomgang i uge {week}',
    offerSnapshot: 'En flådeoversigt hver dag kl. 05.00',
    offerSnapshotMeans:
      'Den samler de timer, som denne rapport sammenligner. Den første hele uge er klar på den anden mandag fra nu.',

    readCounters: 'Læs de gemte tællere',
    sumUp: 'Læg ugerne sammen',

    noCounters: 'Der er endnu ingen hele uger at sammenligne.',
    ranIdleLastWeek:
      'Motorerne gik i tomgang {percent, number}\u00a0% af tiden i sidste uge: {idle, number} af {hours, number} timer.',
    ranIdleInWeek:
      'Motorerne gik i tomgang {percent, number}\u00a0% af tiden i uge {week}: {idle, number} af {hours, number} timer.',
    ranLastWeek: '{machines, plural, one {# maskine} other {# maskiner}} kørte {hours, number} timer i sidste uge.',
    ranInWeek: '{machines, plural, one {# maskine} other {# maskiner}} kørte {hours, number} timer i uge {week}.',
    idleHoursUnknown: 'Tomgangstimerne kendes ikke.',
    howCounted:
      'Hver maskine tæller én gang, under sin type og under den plads, hvor den er nu. Timer tæller i den uge, hvor det meste af tiden mellem to oversigter ligger.',
    weeksBegin: 'Uger begynder mandag, tidszone {timeZone}.',
    reset:
      '{count, plural, one {En maskine} other {# maskiner}} havde en tæller, der blev nulstillet eller sprang. Timerne mellem de to aflæsninger er udeladt.',
    gap: '{count, plural, one {En maskine} other {# maskiner}} arbejdede i mere end otte dage uden en oversigt. De timer er udeladt, fordi deres uge er ukendt.',
  },
  de: { ...machineTexts.de, ...de.usage },
  sv: { ...machineTexts.sv, ...sv.usage },
  fr: { ...machineTexts.fr, ...fr.usage },
})
