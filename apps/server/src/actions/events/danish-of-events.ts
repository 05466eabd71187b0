import type { ActionTexts } from 'standin'
import { danishOfMachines } from '../machines/danish-of-machines.ts'

export const danishOfEvents: ActionTexts = {
  ...danishOfMachines,
  'Clear stale events': 'Ryd gamle hændelser',
  'Dismisses old events that nobody closed, so that the event list shows what matters. You see every event before anything changes.':
    'Afviser gamle hændelser, som ingen har lukket, så listen over hændelser viser det, der betyder noget. Du ser hver hændelse, før noget ændres.',
  'Older than': 'Ældre end',
  'Counted from the day the event opened.': 'Regnet fra den dag, hændelsen blev åbnet.',
  'Kinds of event': 'Slags hændelser',
  'How serious': 'Hvor alvorlig',
  'Critical events are left alone unless you tick them.':
    'Kritiske hændelser røres ikke, medmindre du sætter hak ved dem.',
  'Opened at most': 'Åbnet højst',
  'That long ago. Trackunit does not say how far back its list of events may be read.':
    'For så længe siden. Trackunit siger ikke, hvor langt tilbage listen over hændelser må læses.',

  Event: 'Hændelse',
  Opened: 'Åbnet',
  'Event id': 'Hændelsens id',
  Outcome: 'Resultat',
  Alert: 'Alarm',
  'Machine fault': 'Maskinfejl',
  Inspection: 'Eftersyn',
  'Pre-check': 'Kontrol før start',
  'Damage report': 'Skadesrapport',
  'Classic service': 'Service (klassisk)',
  'Service reminder': 'Servicepåmindelse',
  'Not graded': 'Ikke vurderet',
  Low: 'Lav',
  Critical: 'Kritisk',
  Dismissed: 'Afvist',
  'Not dismissed': 'Ikke afvist',
  'Not known': 'Ukendt',
  'A machine that we have not seen': 'En maskine, som vi ikke har set',

  'List old events': 'Find gamle hændelser',
  'Dismiss events': 'Afvis hændelser',
  'lists of events read': 'lister over hændelser læst',
  'events dismissed': 'hændelser afvist',
  '{} lists to read, and Trackunit allows two per half hour: about {}.':
    '{} lister at læse, og Trackunit tillader to pr. halve time: omkring {}.',

  '{} event would be dismissed.': '{} hændelse ville blive afvist.',
  '{} events would be dismissed.': '{} hændelser ville blive afvist.',
  'Nothing has changed yet.': 'Intet er ændret endnu.',
  'No open events are older than {} day.': 'Ingen åbne hændelser er ældre end {} dag.',
  'No open events are older than {} days.': 'Ingen åbne hændelser er ældre end {} dage.',
  'There is nothing to dismiss.': 'Der er intet at afvise.',
  'There was nothing to dismiss.': 'Der var intet at afvise.',
  '{} of {} event dismissed so far.': '{} af {} hændelse afvist indtil nu.',
  '{} of {} events dismissed so far.': '{} af {} hændelser afvist indtil nu.',
  '{} list of events read, not all of them.': '{} liste over hændelser læst, ikke dem alle.',
  '{} lists of events read, not all of them.': '{} lister over hændelser læst, ikke dem alle.',
  'Nothing has changed.': 'Intet er ændret.',
  '{} of {} event dismissed, and stay so.': '{} af {} hændelse afvist, og det forbliver de.',
  '{} of {} events dismissed, and stay so.': '{} af {} hændelser afvist, og det forbliver de.',
  'Of {} event nobody knows: look in Trackunit.': 'Om {} hændelse ved ingen det: se efter i Trackunit.',
  'Of {} events nobody knows: look in Trackunit.': 'Om {} hændelser ved ingen det: se efter i Trackunit.',
  'The other {} are untouched.': 'De øvrige {} er urørte.',
  '{} event dismissed.': '{} hændelse afvist.',
  '{} events dismissed.': '{} hændelser afvist.',
  '{} of {} event dismissed.': '{} af {} hændelse afvist.',
  '{} of {} events dismissed.': '{} af {} hændelser afvist.',
  'Trackunit did not dismiss {} event; the list says which.':
    'Trackunit afviste ikke {} hændelse; listen siger hvilken.',
  'Trackunit did not dismiss {} events; the list says which.':
    'Trackunit afviste ikke {} hændelser; listen siger hvilke.',

  '{}: {}.': '{}: {}.',
  '{}: {}': '{}: {}',
  'Exactly these are dismissed, nothing that comes in later.': 'Netop disse afvises, og intet, der kommer senere.',
  'Making this list took one request, of which Trackunit allows two per half hour.':
    'Listen kostede én forespørgsel; Trackunit tillader to pr. halve time.',
  'Making this list took {} requests, of which Trackunit allows two per half hour: about {}.':
    'Listen kostede {} forespørgsler; Trackunit tillader to pr. halve time: omkring {}.',
  'the right of apps to dismiss events': 'apps’ ret til at afvise hændelser',
  'a minute': 'et minut',
  '{} minute': '{} minut',
  '{} minutes': '{} minutter',
  '{} hour': '{} time',
  '{} hours': '{} timer',
  '{} hour and {} minute': '{} time og {} minut',
  '{} hour and {} minutes': '{} time og {} minutter',
  '{} hours and {} minute': '{} timer og {} minut',
  '{} hours and {} minutes': '{} timer og {} minutter',
}
