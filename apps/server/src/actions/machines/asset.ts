import type { Connection, SeenMachine } from 'standin'
import { z } from 'zod'
import { hours, id, moment, part, percent, text } from './answered.ts'

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

/** GeoJSON: longitude first. What is no point on earth is no place. */
const point = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .rest(z.unknown())
  .nullish()
  .catch(null)

/** An asset as the document asks for it. Anything but the id can be missing: trackers differ in what they tell. */
const assetSchema = z
  .object({
    ...{ id, name: text, brand: text, model: text, serialNumber: text, assetType: text, lastSeen: moment },
    insights: part({ fuelLevel: percent, batteryStateOfChargePercent: percent, cumulativeOperatingHours: hours }),
    locations: part({
      latest: part({
        geometry: part({ coordinates: point }),
        properties: part({ address: part({ streetAddress: text, city: text, country: text }) }),
      }),
    }),
    ...{ sites: names, groups: names },
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

/** Undefined for what has no id by which it could be known again. */
export const toSeenMachine = (asset: unknown): SeenMachine | undefined => assetSchema.safeParse(asset).data

/** What the list of the REST API is known to tell, which every plan has. */
const bareSchema = z.object({ id, name: text, brand: text, model: text, serialNumber: text, assetType: text })
export const toBareMachine = (asset: unknown): SeenMachine | undefined =>
  toSeenMachine(bareSchema.safeParse(asset).data)
