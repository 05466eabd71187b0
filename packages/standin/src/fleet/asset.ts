import { z } from 'zod'
import type { SeenMachine } from '../machines/machine-register.ts'
import type { Connection } from '../trackunit/trackunit-client.ts'
import { hours, id, moment, part, percent, text } from './answered.ts'

/** Groups of an asset are not documented: if Trackunit refuses them, the document without groups is used. */
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
  assets: Connection<unknown> | null
}

const names = part({
  edges: z
    .array(
      z
        .object({ node: z.object({ id, name: text }) })
        .nullable()
        .catch(null),
    )
    .nullish()
    .catch(null),
}).transform((connection) =>
  (connection?.edges ?? []).flatMap((edge) =>
    edge ? [{ id: edge.node.id, name: edge.node.name ?? edge.node.id }] : [],
  ),
)

/** GeoJSON: longitude first. Invalid points are ignored. */
const point = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .rest(z.unknown())
  .nullish()
  .catch(null)

/** An asset as the document asks for it. Everything but the id can be missing: trackers report different values. */
const assetSchema = z
  .object({
    id,
    name: text,
    brand: text,
    model: text,
    serialNumber: text,
    assetType: text,
    lastSeen: moment,
    insights: part({ fuelLevel: percent, batteryStateOfChargePercent: percent, cumulativeOperatingHours: hours }),
    locations: part({
      latest: part({
        geometry: part({ coordinates: point }),
        properties: part({ address: part({ streetAddress: text, city: text, country: text }) }),
      }),
    }),
    sites: names,
    groups: names,
  })
  .transform(({ assetType, lastSeen, insights, locations, sites, ...asset }): SeenMachine => {
    const [longitude, latitude] = locations?.latest?.geometry?.coordinates ?? []
    const { streetAddress, city, country } = locations?.latest?.properties?.address ?? {}
    return {
      ...asset,
      type: assetType,
      site: sites[0] ?? null,
      latitude: latitude ?? null,
      longitude: longitude ?? null,
      address: [streetAddress, city, country].filter(Boolean).join(', ') || null,
      lastSeenAt: lastSeen,
      operatingHours: insights?.cumulativeOperatingHours ?? null,
      idleHours: null,
      fuelPercent: insights?.fuelLevel ?? null,
      batteryPercent: insights?.batteryStateOfChargePercent ?? null,
    }
  })

/** Undefined for an asset without an id. */
export const toSeenMachine = (asset: unknown): SeenMachine | undefined => assetSchema.safeParse(asset).data

/** The fields of the REST API's list, which every plan has. */
const bareSchema = z.object({ id, name: text, brand: text, model: text, serialNumber: text, assetType: text })
export const toBareMachine = (asset: unknown): SeenMachine | undefined =>
  toSeenMachine(bareSchema.safeParse(asset).data)
