import type { ActionTexts } from 'standin'
import { danishOfMachines } from '../machines/danish-of-machines.ts'

export const danishOfAttention: ActionTexts = {
  ...danishOfMachines,
  'Attention list': 'Opmærksomhedsliste',
  'Machines that are silent, low on fuel or battery, overdue for service, or send faulty data. Worst first, with the reason and what is new since last time.':
    'Maskiner, der er tavse, mangler brændstof eller strøm, er bagud med service eller sender forkerte data. De værste først, med grunden og det, der er nyt siden sidst.',
  'Silent after': 'Tavs efter',
  'Without a word from a machine.': 'Uden et ord fra en maskine.',
  'Battery below': 'Batteri under',
  'Of a full charge.': 'Af en fuld opladning.',
  'Fuel below': 'Brændstof under',
  'Of a full tank.': 'Af en fuld tank.',

  Why: 'Hvorfor',
  Also: 'Også',
  Reason: 'Grund',
  'Since last time': 'Siden sidst',
  New: 'Ny',
  Silent: 'Tavs',
  'Tracker battery low': 'Sporerens batteri er lavt',
  'No data': 'Ingen data',
  'Machine battery low': 'Maskinens batteri er lavt',
  'Service overdue': 'Service er overskredet',
  'Fuel low': 'Lidt brændstof',
  'Weak GPS': 'Svag GPS',
  'Data health': 'Datakvalitet',
  'Silent for 1 day': 'Tavs i 1 dag',
  'Silent for {} days': 'Tavs i {} dage',
  'Never sent anything': 'Har aldrig sendt noget',
  'Charge at {} %': 'Opladet {} %',
  'Fuel at {} %': 'Brændstof på {} %',
  'Service is overdue': 'Service er overskredet',
  'No data for 1 day': 'Ingen data i 1 dag',
  'No data for {} days': 'Ingen data i {} dage',
  'No engine data, the wiring to the tracker most likely': 'Ingen motordata, formentlig ledningerne til sporeren',
  'No engine data, the wiring to the tracker most likely, for 1 day':
    'Ingen motordata i 1 dag, formentlig ledningerne til sporeren',
  'No engine data, the wiring to the tracker most likely, for {} days':
    'Ingen motordata i {} dage, formentlig ledningerne til sporeren',
  'Tracker battery low for 1 day': 'Sporerens batteri er lavt i 1 dag',
  'Tracker battery low for {} days': 'Sporerens batteri har været lavt i {} dage',
  'Machine battery low for 1 day': 'Maskinens batteri er lavt i 1 dag',
  'Machine battery low for {} days': 'Maskinens batteri har været lavt i {} dage',
  'Weak GPS for 1 day': 'Svag GPS i 1 dag',
  'Weak GPS for {} days': 'Svag GPS i {} dage',

  'Read counters': 'Læs tællerne',
  'Check data health': 'Se efter datakvaliteten',
  'Check services': 'Se efter service',
  'Rank and compare with last time': 'Sæt i rækkefølge og sammenlign med sidst',
  'lists of data health read': 'lister om datakvalitet læst',
  'Data health is left out: Trackunit does not let us read it.':
    'Datakvalitet er udeladt: Trackunit lader os ikke læse den.',
  'Overdue services are left out: Trackunit does not let us read them. It does not say whether the permission or the licence is missing.':
    'Overskredet service er udeladt: Trackunit lader os ikke læse den. Den siger ikke, om det er tilladelsen eller licensen, der mangler.',
  'Overdue services are left out: Trackunit does not let us read them.':
    'Overskredet service er udeladt: Trackunit lader os ikke læse den.',
  'It does not say whether the permission or the licence is missing.':
    'Den siger ikke, om det er tilladelsen eller licensen, der mangler.',
  'Overdue services are left out: “See service plans” is not allowed.':
    'Overskredet service er udeladt: “Se serviceplaner” er ikke tilladt.',
  'Data health is left out: Trackunit did not answer.': 'Datakvalitet er udeladt: Trackunit svarede ikke.',
  'Overdue services are left out: Trackunit did not answer.': 'Overskredet service er udeladt: Trackunit svarede ikke.',
  'Services are not checked.': 'Service er ikke set efter.',
  'Data health and services are not checked.': 'Datakvalitet og service er ikke set efter.',
  'Why they need attention': 'Hvorfor de kræver opmærksomhed',
  'A machine with two reasons counts under the worse one.': 'En maskine med to grunde tæller under den værste.',
  'Last time it was {} in all.': 'Sidst var det {} i alt.',
  'Last time it was {} in all, {} of which is no longer on the list.':
    'Sidst var det {} i alt, og {} af dem er ikke længere på listen.',
  'Last time it was {} in all, {} of which are no longer on the list.':
    'Sidst var det {} i alt, og {} af dem er ikke længere på listen.',

  'There are no machines to check.': 'Der er ingen maskiner at se efter.',
  'Nothing needs attention.': 'Intet kræver opmærksomhed.',
  'Nothing needs attention on {} machine, as far as could be checked.':
    'Intet kræver opmærksomhed på {} maskine, så vidt det kunne ses.',
  'Nothing needs attention on {} machines, as far as could be checked.':
    'Intet kræver opmærksomhed på {} maskiner, så vidt det kunne ses.',
  'The machine is fine.': 'Maskinen er i orden.',
  'All {} machines are fine.': 'Alle {} maskiner er i orden.',
  '{} of {} machine needs attention.': '{} af {} maskine kræver opmærksomhed.',
  '{} of {} machines needs attention.': '{} af {} maskiner kræver opmærksomhed.',
  '{} of {} machines need attention.': '{} af {} maskiner kræver opmærksomhed.',
  '{} of {} machine needs attention, none of them new.': '{} af {} maskine kræver opmærksomhed, og den er ikke ny.',
  '{} of {} machines needs attention, none of them new.': '{} af {} maskiner kræver opmærksomhed, ingen af dem nye.',
  '{} of {} machines need attention, none of them new.': '{} af {} maskiner kræver opmærksomhed, ingen af dem nye.',
  '{} of {} machine needs attention, {} of them new.': '{} af {} maskine kræver opmærksomhed, {} af dem ny.',
  '{} of {} machines needs attention, {} of them new.': '{} af {} maskiner kræver opmærksomhed, {} af dem ny.',
  '{} of {} machines need attention, {} of them new.': '{} af {} maskiner kræver opmærksomhed, {} af dem nye.',
}
