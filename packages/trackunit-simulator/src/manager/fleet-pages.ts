import type { Fleet } from '../fleet/fleets.ts'
import { type Machine, machineAt } from '../fleet/machine.ts'
import { html, type Markup } from './html.ts'
import { addressOf, type Viewer } from './page.ts'

const shownMachines = 100

export function fleetPage(fleet: Fleet, { viewer, now }: Look): Markup {
  const shown = Array.from({ length: Math.min(shownMachines, fleet.size) }, (_, index) => fleet.machine(index))
  return html`<div class="own"><h2>Fleet</h2><p>${fleet.size.toLocaleString('en-GB')} simulated machines${
    fleet.size > shownMachines ? `, the first ${shownMachines} of them` : ''
  }.</p>
<table><thead><tr><th>Machine</th><th>Model</th><th>Site</th><th>Last seen</th></tr></thead><tbody>
${shown.flatMap((machine) => (machine ? [machineRow(machine, { viewer, now })] : []))}
</tbody></table></div>`
}

export function sitesPage(fleet: Fleet): Markup {
  return html`<div class="own"><h2>Sites</h2><table><thead><tr><th>Site</th><th>City</th><th>Country</th></tr></thead><tbody>
${fleet.sites.map(({ name, place }) => html`<tr><td>${name}</td><td>${place.city}</td><td>${place.country}</td></tr>`)}
</tbody></table></div>`
}

/** The target of the app's links to machines. */
export function machinePage(machine: Machine, now: number): Markup {
  const { lastSeen, operatingHours } = machineAt(machine, now)
  const facts: [string, string][] = [
    ['Machine', `${machine.brand} ${machine.model}`],
    ['Serial number', machine.serialNumber],
    ['Site', machine.site?.name ?? 'No site'],
    ['Last seen', lastSeen ? lastSeen.toISOString() : 'Never'],
    ['Operating hours', operatingHours === null ? 'Not known' : operatingHours.toLocaleString('en-GB')],
    ['Address', `${machine.streetAddress}, ${machine.city}, ${machine.country}`],
  ]
  return html`<div class="own"><h2>${nameOf(machine)}</h2><p>Manager’s own page of a simulated machine.</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></div>`
}

export function missingPage(): Markup {
  return html`<div class="own"><h2>Not here</h2><p>The simulated Manager has no such page in this account.</p></div>`
}

type Look = { viewer: Viewer; now: number }

function machineRow(machine: Machine, { viewer, now }: Look): Markup {
  const { lastSeen } = machineAt(machine, now)
  const seen = lastSeen === null ? 'Never' : lastSeen.toISOString().slice(0, 16).replace('T', ' ')
  return html`<tr><td><a href="${addressOf(`/assets/${machine.id}`, viewer)}">${nameOf(machine)}</a></td><td>${machine.brand} ${
    machine.model
  }</td><td>${machine.site?.name ?? ''}</td><td>${seen}</td></tr>`
}

const nameOf = ({ name }: Machine) => (name.trim() === '' ? 'Without a name' : name)
