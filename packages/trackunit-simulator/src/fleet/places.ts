export type Place = {
  name: string
  type: 'CONSTRUCTION' | 'DEPOT'
  streetAddress: string
  city: string
  country: string
  latitude: number
  longitude: number
}

/** Building sites and yards where they could be; the first ones are the larger ones. */
export const places: readonly Place[] = [
  place('Nordhavn Tunnel', 'CONSTRUCTION', 'Sundkrogsgade 21', 'København', 'Denmark', 55.712, 12.594),
  place('Aarhus Havn Ø', 'CONSTRUCTION', 'Bernhardt Jensens Boulevard 85', 'Aarhus', 'Denmark', 56.1655, 10.2262),
  place('Køge yard', 'DEPOT', 'Unionsvej 8', 'Køge', 'Denmark', 55.4868, 12.1702),
  place('Storstrøm Bridge', 'CONSTRUCTION', 'Masnedøvej 45', 'Vordingborg', 'Denmark', 54.9988, 11.888),
  place('Femern Link, portal', 'CONSTRUCTION', 'Færgestationsvej 2', 'Rødby', 'Denmark', 54.656, 11.359),
  place('Odense hospital', 'CONSTRUCTION', 'Kløvervænget 47', 'Odense', 'Denmark', 55.3634, 10.4317),
  place('Aalborg kaj', 'CONSTRUCTION', 'Stuhrs Brygge 15', 'Aalborg', 'Denmark', 57.0528, 9.909),
  place('Hyllie Boulevard', 'CONSTRUCTION', 'Hyllie Boulevard 34', 'Malmö', 'Sweden', 55.5634, 12.9762),
  place('Västlänken, Korsvägen', 'CONSTRUCTION', 'Skånegatan 30', 'Göteborg', 'Sweden', 57.6967, 11.9868),
  place('Lund science village', 'CONSTRUCTION', 'Odarslövsvägen 113', 'Lund', 'Sweden', 55.7278, 13.2492),
  place('Fornebubanen', 'CONSTRUCTION', 'Snarøyveien 20', 'Fornebu', 'Norway', 59.9008, 10.6256),
  place('Bergen bybane', 'CONSTRUCTION', 'Spelhaugen 10', 'Bergen', 'Norway', 60.3556, 5.3166),
  place('Kalasatama towers', 'CONSTRUCTION', 'Kalasatamankatu 9', 'Helsinki', 'Finland', 60.187, 24.978),
  place('Billbrook yard', 'DEPOT', 'Billbrookdeich 167', 'Hamburg', 'Germany', 53.5239, 10.0825),
]

function place(
  name: string,
  type: Place['type'],
  streetAddress: string,
  city: string,
  country: string,
  latitude: number,
  longitude: number,
): Place {
  return { name, type, streetAddress, city, country, latitude, longitude }
}
