import { defineMessages } from 'standin'
import { machineTexts } from 'standin/fleet'
import { de } from '../languages/de.ts'
import { fr } from '../languages/fr.ts'
import { sv } from '../languages/sv.ts'

export const snapshotMessages = defineMessages({
  en: {
    ...machineTexts.en,
    change: 'Change',
    new: 'New',
    arrived: 'Arrived',
    left: 'Left',
    gone: 'Gone',
    newOnAccount: 'New on the account',
    goneFromAccount: 'Gone from the account',
    leftSite: 'Left {site}',
    arrivedFrom: 'Arrived from {site}',

    readIdleHours: 'Read idle hours',
    compare: 'Compare with last time',
    machinesByType: 'Machines by type',
    machinesByBrand: 'Machines by brand',
    machinesBySite: 'Machines by site',
    idleHoursRefused: 'Idle hours are left out: Trackunit does not let us read them.',
    idleHoursUnanswered: 'Idle hours are left out: Trackunit did not answer.',
    idleHoursMissing: 'Idle hours are missing.',
    idleHoursNotRead: 'Idle hours were not read.',

    figure:
      '{count, plural, one {machine} other {machines}}{sites, plural, =0 {} one { on # site} other { on # sites}}',
    noMachines: 'There are no machines to list.',
    listed: '{machines, plural, one {# machine} other {# machines}} listed.',
    listedOnSites:
      '{machines, plural, one {# machine} other {# machines}} listed on {sites, plural, one {# site} other {# sites}}.',
    noneMoved: 'None moved since last time.',
    arrivals: '{count, plural, one {# machine} other {# machines}} arrived at a site since last time.',
    departures: '{count, plural, one {# machine} other {# machines}} left a site.',
    newMachines: '{count, plural, one {# machine is} other {# machines are}} new.',
    goneMachines: '{count, plural, one {# machine is} other {# machines are}} gone.',
  },
  da: {
    ...machineTexts.da,
    title: 'Flådeoversigt',
    description:
      'Hver maskine med timer, tomgangstimer, brændstof, batteri, position og plads, som regneark. Også hvad der er kommet til en plads eller har forladt den siden sidst.',
    'input.chartBy': 'Diagram efter',
    'input.idleHours': 'Læs tomgangstimer',
    'input.idleHours.description': 'Trackunit lader os læse dem én gang hvert kvarter.',
    'input.chartBy.type': 'Type',
    'input.chartBy.brand': 'Mærke',
    'input.chartBy.site': 'Plads',
    change: 'Ændring',
    new: 'Ny',
    arrived: 'Kommet',
    left: 'Kørt',
    gone: 'Væk',
    newOnAccount: 'Ny på kontoen',
    goneFromAccount: 'Væk fra kontoen',
    leftSite: 'Har forladt {site}',
    arrivedFrom: 'Kommet fra {site}',

    readIdleHours: 'Læs tomgangstimer',
    compare: 'Sammenlign med sidst',
    machinesByType: 'Maskiner efter type',
    machinesByBrand: 'Maskiner efter mærke',
    machinesBySite: 'Maskiner efter plads',
    idleHoursRefused: 'Tomgangstimer er udeladt: Trackunit lader os ikke læse dem.',
    idleHoursUnanswered: 'Tomgangstimer er udeladt: Trackunit svarede ikke.',
    idleHoursMissing: 'Tomgangstimer mangler.',
    idleHoursNotRead: 'Tomgangstimer blev ikke læst.',

    figure:
      '{count, plural, one {maskine} other {maskiner}}{sites, plural, =0 {} one { på # plads} other { på # pladser}}',
    noMachines: 'Der er ingen maskiner at vise.',
    listed: '{machines, plural, one {# maskine} other {# maskiner}} fundet.',
    listedOnSites:
      '{machines, plural, one {# maskine} other {# maskiner}} fundet på {sites, plural, one {# plads} other {# pladser}}.',
    noneMoved: 'Ingen maskiner er flyttet siden sidst.',
    arrivals: '{count, plural, one {# maskine} other {# maskiner}} er kommet til en plads siden sidst.',
    departures: '{count, plural, one {# maskine} other {# maskiner}} har forladt en plads.',
    newMachines: '{count, plural, one {# maskine er ny} other {# maskiner er nye}}.',
    goneMachines: '{count, plural, one {# maskine} other {# maskiner}} er væk.',
  },
  de: { ...machineTexts.de, ...de.snapshot },
  sv: { ...machineTexts.sv, ...sv.snapshot },
  fr: { ...machineTexts.fr, ...fr.snapshot },
})
