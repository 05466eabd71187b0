import type { ActionTexts } from 'standin'

/** What the actions say of machines, in Danish. */
export const danishOfMachines: ActionTexts = {
  Machine: 'Maskine',
  Name: 'Navn',
  Brand: 'Mærke',
  Model: 'Model',
  'Serial number': 'Serienummer',
  Type: 'Type',
  Site: 'Plads',
  'Last seen': 'Sidst set',
  'Trackunit id': 'Trackunit-id',
  Battery: 'Batteri',
  Fuel: 'Brændstof',
  Hours: 'Timer',
  'Idle hours': 'Tomgangstimer',
  Position: 'Position',
  Address: 'Adresse',
  Groups: 'Grupper',
  Machines: 'Maskiner',
  'Other ({})': 'Andre ({})',

  'No type': 'Ingen type',
  'No brand': 'Intet mærke',
  'No site': 'Ingen plads',
  'Articulated hauler': 'Dumper',
  Attachment: 'Redskab',
  'Boom lift': 'Bomlift',
  Compressor: 'Kompressor',
  Crane: 'Kran',
  Dozer: 'Dozer',
  Excavator: 'Gravemaskine',
  Forklift: 'Gaffeltruck',
  Generator: 'Generator',
  'Mini excavator': 'Minigraver',
  Roller: 'Tromle',
  'Scissor lift': 'Saxlift',
  Telehandler: 'Teleskoplæsser',
  Truck: 'Lastbil',
  'Wheel loader': 'Gummiged',

  'List machines': 'Find maskinerne',
  'Make the files': 'Lav filerne',
  'machines listed': 'maskiner fundet',
  'machines with their counters': 'maskiner med deres tællere',
  'Trackunit does not let apps read the full list here; the short one is read.':
    'Trackunit lader ikke apps læse den fulde liste her; den korte læses.',
  'Sites, batteries and groups are missing: your Trackunit plan or permissions do not let apps read them.':
    'Pladser, batterier og grupper mangler: jeres Trackunit-abonnement eller tilladelser lader ikke apps læse dem.',
  'One machine was removed in Trackunit while we read; it is left out.':
    'En maskine blev fjernet i Trackunit, mens vi læste; den er udeladt.',
  '{} machines were removed in Trackunit while we read; they are left out.':
    '{} maskiner blev fjernet i Trackunit, mens vi læste; de er udeladt.',
  'Trackunit left out some values; they are shown as not known.':
    'Trackunit udelod nogle værdier; de vises som ukendte.',
  'Trackunit broke its list of machines off; there may be more of them.':
    'Trackunit afbrød sin liste over maskiner; der kan være flere.',
  '{} machine is complete.': '{} maskine er komplet.',
  '{} machines are complete.': '{} maskiner er komplette.',
  '{} machine is complete, {} more are missing.': '{} maskine er komplet, {} mere mangler.',
  '{} machines are complete, {} more are missing.': '{} maskiner er komplette, {} mere mangler.',
  'Idle hours are left out: Trackunit did not answer.': 'Tomgangstimer er udeladt: Trackunit svarede ikke.',
  'Idle hours are left out: Trackunit does not let us read them.':
    'Tomgangstimer er udeladt: Trackunit lader os ikke læse dem.',
}
