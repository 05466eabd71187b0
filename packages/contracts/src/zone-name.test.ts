import { expect, test } from 'vitest'
import { zoneName } from './zone-name.ts'

test.each([
  ['en-GB', 'Europe/Copenhagen', 'Copenhagen time'],
  ['en-US', 'America/New_York', 'New York time'],
  ['da-DK', 'Europe/Copenhagen', 'Centraleuropæisk tid'],
  ['de', 'Europe/Copenhagen', 'Mitteleuropäische Zeit'],
  ['fr-FR', 'Europe/Copenhagen', 'heure d’Europe centrale'],
  ['sv-SE', 'Europe/Copenhagen', 'centraleuropeisk tid'],
  ['de', 'UTC', 'UTC'],
])('in %s, %s is %s', (language, zone, name) => expect(zoneName(zone, language)).toBe(name))
