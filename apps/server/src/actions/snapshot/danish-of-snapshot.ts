import type { ActionTexts } from 'standin'
import { danishOfMachines } from '../machines/danish-of-machines.ts'

export const danishOfSnapshot: ActionTexts = {
  ...danishOfMachines,
  'Fleet snapshot': 'Flådeoversigt',
  'Every machine with hours, idle hours, fuel, battery, place and site, as a spreadsheet. Also what came to a site or left it since last time.':
    'Hver maskine med timer, tomgangstimer, brændstof, batteri, sted og plads, som regneark. Også hvad der er kommet til en plads eller har forladt den siden sidst.',
  'Draw the totals by': 'Tegn summerne efter',
  'Read idle hours': 'Læs tomgangstimer',
  'From the AEMP snapshot, which Trackunit lets us read once in 15 minutes.':
    'Fra AEMP-oversigten, som Trackunit lader os læse én gang hvert kvarter.',

  'Since last time': 'Siden sidst',
  Change: 'Ændring',
  New: 'Ny',
  Arrived: 'Kommet',
  Left: 'Kørt',
  Gone: 'Væk',
  'New on the account': 'Ny på kontoen',
  'Gone from the account': 'Væk fra kontoen',
  'Left {}': 'Har forladt {}',
  'Arrived from {}': 'Kommet fra {}',

  'Compare with last time': 'Sammenlign med sidst',
  'Machines by type': 'Maskiner efter type',
  'Machines by brand': 'Maskiner efter mærke',
  'Machines by site': 'Maskiner efter plads',
  'Idle hours are missing.': 'Tomgangstimer mangler.',
  'Idle hours were not read.': 'Tomgangstimer blev ikke læst.',

  'There are no machines to list.': 'Der er ingen maskiner at vise.',
  '{} machine listed.': '{} maskine fundet.',
  '{} machines listed.': '{} maskiner fundet.',
  '{} machine listed on {} site.': '{} maskine fundet på {} plads.',
  '{} machine listed on {} sites.': '{} maskine fundet på {} pladser.',
  '{} machines listed on {} site.': '{} maskiner fundet på {} plads.',
  '{} machines listed on {} sites.': '{} maskiner fundet på {} pladser.',
  'None moved since last time.': 'Ingen er flyttet siden sidst.',
  'Since last time: {}.': 'Siden sidst: {}.',
  '{} arrival at a site': '{} er kommet til en plads',
  '{} arrivals at a site': '{} er kommet til en plads',
  '{} departure from one': '{} har forladt en',
  '{} departures from one': '{} har forladt en',
  '{} new machine': '{} ny maskine',
  '{} new machines': '{} nye maskiner',
  '{} machine gone': '{} maskine er væk',
  '{} machines gone': '{} maskiner er væk',
}
