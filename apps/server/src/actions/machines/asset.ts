import type { Connection, SeenMachine } from 'standin'

/** Trackunit documents no groups of an asset: they are asked for, and done without where it refuses. */
export const assetsDocument = assets('groups(first: 5) { edges { node { id name } } }')
export const assetsDocumentWithoutGroups = assets('')

function assets(groups: string): string {
  return /* GraphQL */ `
    query Assets($first: Int!, $after: String) {
      assets(first: $first, after: $after) {
        edges {
          node {
            id
            name
            brand
            model
            serialNumber
            assetType
            lastSeen
            insights {
              fuelLevel
              batteryStateOfChargePercent
              cumulativeOperatingHours(period: LIFETIME)
            }
            locations {
              latest {
                geometry {
                  coordinates
                }
                properties {
                  address {
                    streetAddress
                    city
                    country
                  }
                }
              }
            }
            sites(first: 1) {
              edges {
                node {
                  id
                  name
                }
              }
            }
            ${groups}
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  `
}

export interface AssetsAnswer {
  assets: Connection<Asset>
}

type Maybe<Value> = Value | null | undefined
type Names = Maybe<{
  edges?: Maybe<ReadonlyArray<Maybe<{ node?: Maybe<{ id?: Maybe<string>; name?: Maybe<string> }> }>>>
}>

/** An asset as the document asks for it. Anything but the id can be missing: trackers differ in what they tell. */
export interface Asset {
  id: string
  name?: Maybe<string>
  brand?: Maybe<string>
  model?: Maybe<string>
  serialNumber?: Maybe<string>
  assetType?: Maybe<string>
  lastSeen?: Maybe<string>
  insights?: Maybe<{
    fuelLevel?: Maybe<number>
    batteryStateOfChargePercent?: Maybe<number>
    cumulativeOperatingHours?: Maybe<number>
  }>
  locations?: Maybe<{
    latest?: Maybe<{
      geometry?: Maybe<{ coordinates?: Maybe<readonly number[]> }>
      properties?: Maybe<{
        address?: Maybe<{ streetAddress?: Maybe<string>; city?: Maybe<string>; country?: Maybe<string> }>
      }>
    }>
  }>
  sites?: Names
  groups?: Names
}

export function toSeenMachine(asset: Asset): SeenMachine {
  const { insights, locations } = asset
  // GeoJSON: longitude first.
  const [longitude, latitude] = locations?.latest?.geometry?.coordinates ?? []
  const { streetAddress, city, country } = locations?.latest?.properties?.address ?? {}
  return {
    id: asset.id,
    name: asset.name ?? null,
    brand: asset.brand ?? null,
    model: asset.model ?? null,
    serialNumber: asset.serialNumber ?? null,
    type: asset.assetType ?? null,
    site: namesOf(asset.sites)[0] ?? null,
    groups: namesOf(asset.groups),
    latitude: latitude ?? null,
    longitude: longitude ?? null,
    address: [streetAddress, city, country].filter(Boolean).join(', ') || null,
    lastSeenAt: momentOf(asset.lastSeen),
    operatingHours: insights?.cumulativeOperatingHours ?? null,
    idleHours: null,
    fuelPercent: insights?.fuelLevel ?? null,
    batteryPercent: insights?.batteryStateOfChargePercent ?? null,
  }
}

function namesOf(names: Names): Array<{ id: string; name: string }> {
  return (names?.edges ?? []).flatMap((edge) => {
    const { id, name } = edge?.node ?? {}
    return id ? [{ id, name: name ?? id }] : []
  })
}

/** Null for what is no moment. */
export function momentOf(text: Maybe<string>): Date | null {
  const moment = new Date(text ?? '')
  return Number.isNaN(moment.getTime()) ? null : moment
}

/** What the list of the REST API tells, which every plan has. */
export function toBareMachine({ id, name, brand, model, serialNumber, assetType }: Asset): SeenMachine {
  return toSeenMachine({ id, name, brand, model, serialNumber, assetType })
}
