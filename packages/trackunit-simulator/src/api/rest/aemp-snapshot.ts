import { type Machine, machineAt } from '../../fleet/machine.ts'

export type SnapshotLink = { rel: 'self' | 'prev' | 'next' | 'last'; href: string }
export type Snapshot = { snapshotTime: string; links: SnapshotLink[]; equipment: Equipment[] }

type Reading = { datetime: string }
type Equipment = {
  EquipmentHeader: { OEMName: string; Model: string; EquipmentID: string; SerialNumber: string }
  Location?: Reading & { Latitude: number; Longitude: number }
  CumulativeIdleHours?: Reading & { Hour: number }
  CumulativeOperatingHours?: Reading & { Hour: number }
  FuelRemaining?: Reading & { Percent: number }
}

/** One machine as ISO 15143-3 describes it; values that were never reported are left out. */
export function equipmentOf(machine: Machine, now: number): Equipment {
  const { lastSeen, operatingHours, idleHours, fuelLevel } = machineAt(machine, now)
  const header = {
    EquipmentHeader: {
      OEMName: machine.brand,
      Model: machine.model,
      EquipmentID: machine.name,
      SerialNumber: machine.serialNumber,
    },
  }
  if (!lastSeen) return header

  const datetime = lastSeen.toISOString()
  const [Longitude, Latitude] = machine.coordinates
  return {
    ...header,
    Location: { datetime, Latitude, Longitude },
    ...(idleHours === null ? {} : { CumulativeIdleHours: { datetime, Hour: idleHours } }),
    ...(operatingHours === null ? {} : { CumulativeOperatingHours: { datetime, Hour: operatingHours } }),
    ...(fuelLevel === null ? {} : { FuelRemaining: { datetime, Percent: fuelLevel } }),
  }
}

export function asJson({ snapshotTime, links, equipment }: Snapshot): string {
  return JSON.stringify({ Links: links, Equipment: equipment, version: '1', snapshotTime })
}

export function asXml({ snapshotTime, links, equipment }: Snapshot): string {
  const linkElements = links.map(({ rel, href }) => `<Links><rel>${rel}</rel><href>${escaped(href)}</href></Links>`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Fleet xmlns="http://standards.iso.org/iso/15143/-3" version="1" snapshotTime="${snapshotTime}">`,
    ...linkElements,
    ...equipment.map((each) => `<Equipment>${elements(each)}</Equipment>`),
    '</Fleet>',
  ].join('\n')
}

function elements(content: object): string {
  return Object.entries(content)
    .filter(([name]) => name !== 'datetime')
    .map(([name, value]) => {
      if (typeof value !== 'object' || value === null) return `<${name}>${escaped(String(value))}</${name}>`
      const moment = 'datetime' in value ? ` datetime="${value.datetime}"` : ''
      return `<${name}${moment}>${elements(value)}</${name}>`
    })
    .join('')
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
