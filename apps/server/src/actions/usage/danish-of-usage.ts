import type { ActionTexts } from 'standin'
import { danishOfMachines } from '../machines/danish-of-machines.ts'

export const danishOfUsage: ActionTexts = {
  ...danishOfMachines,
  'Utilisation and idle': 'Udnyttelse og tomgang',
  'Hours worked and hours idled per week, by type and by site, from the counters that fleet snapshots kept. Idle means that the engine runs and the machine does not work.':
    'Arbejdstimer og tomgangstimer pr. uge, efter type og plads, fra de tællere, som flådeoversigter har gemt. Tomgang er, at motoren kører, uden at maskinen arbejder.',
  'How far back': 'Hvor langt tilbage',
  'Full weeks, Monday to Sunday.': 'Hele uger, mandag til søndag.',

  'Type or site': 'Type eller plads',
  Week: 'Uge',
  'Engine hours': 'Motortimer',
  'Idle share': 'Tomgangsandel',
  'Week before': 'Ugen før',
  By: 'Efter',
  'W{}': 'U{}',
  'Engine hours per week': 'Motortimer pr. uge',
  'At work': 'I arbejde',
  'Idle: engine on, no work': 'Tomgang: motoren kører uden arbejde',
  'Idle hours not known': 'Tomgangstimer kendes ikke',
  'no data': 'ingen data',
  'The percentage is the idle share.': 'Procenttallet er tomgangsandelen.',
  '1 day only': 'kun 1 dag',
  '{} days only': 'kun {} dage',
  '{}\u00a0%, 1 day only': '{}\u00a0%, kun 1 dag',
  '{}\u00a0%, {} days only': '{}\u00a0%, kun {} dage',
  '{}\u00a0%': '{}\u00a0%',

  'Read the counters that were kept': 'Læs de gemte tællere',
  'Sum up the weeks': 'Læg ugerne sammen',

  'There are no counters of full weeks to compare yet.': 'Der er endnu ingen tællere fra hele uger at sammenligne.',
  'Fleet snapshots, best daily, collect them.': 'Flådeoversigter samler dem, helst hver dag.',
  'Engines ran idle for {}\u00a0% of their hours last week: {} of {}.':
    'Motorerne gik i tomgang {}\u00a0% af tiden i sidste uge: {} af {} timer.',
  'Engines ran idle for {}\u00a0% of their hours in week {}: {} of {}.':
    'Motorerne gik i tomgang {}\u00a0% af tiden i uge {}: {} af {} timer.',
  '{} machine ran for {} hours last week.': '{} maskine kørte {} timer i sidste uge.',
  '{} machines ran for {} hours last week.': '{} maskiner kørte {} timer i sidste uge.',
  '{} machine ran for {} hours in week {}.': '{} maskine kørte {} timer i uge {}.',
  '{} machines ran for {} hours in week {}.': '{} maskiner kørte {} timer i uge {}.',
  'Idle hours are not known.': 'Tomgangstimerne kendes ikke.',
  'Hours count in the week in which most of the time between two snapshots lies, and for the site where a machine is now.':
    'Timer tæller i den uge, hvor det meste af tiden mellem to oversigter ligger, og for den plads, hvor en maskine er nu.',
  'Weeks begin on Monday, {} time.': 'Uger begynder mandag, tidszone {}.',
  'One machine had a counter that was reset or jumped; what lies between those two readings is left out.':
    'En maskine havde en tæller, der blev nulstillet eller sprang; det, der ligger mellem de to aflæsninger, er udeladt.',
  '{} machines had a counter that was reset or jumped; what lies between those two readings is left out.':
    '{} maskiner havde en tæller, der blev nulstillet eller sprang; det, der ligger mellem de to aflæsninger, er udeladt.',
  'One machine worked while nothing was heard for more than eight days; those hours belong to no one week and are left out.':
    'En maskine arbejdede, mens der intet kom i mere end otte dage; de timer hører ikke til én uge og er udeladt.',
  '{} machines worked while nothing was heard for more than eight days; those hours belong to no one week and are left out.':
    '{} maskiner arbejdede, mens der intet kom i mere end otte dage; de timer hører ikke til én uge og er udeladt.',
}
