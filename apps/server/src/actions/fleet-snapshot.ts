import { stringify } from 'csv-stringify/sync'
import { type Connection, defineAction, pages } from 'standin'
import { z } from 'zod'

const columns = [
  'id',
  'name',
  'brand',
  'model',
  'serialNumber',
  'type',
  'lastSeen',
  'operatingHours',
  'fuelPercent',
  'batteryPercent',
  'latitude',
  'longitude',
  'address',
  'site',
] as const

const pageSize = 100

const assetsDocument = /* GraphQL */ `
  query FleetSnapshot($first: Int!, $after: String) {
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
                name
              }
            }
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`

/** An asset as the document asks for it. Anything but the id can be missing: trackers differ in what they tell. */
interface Asset {
  id: string
  name?: string | null
  brand?: string | null
  model?: string | null
  serialNumber?: string | null
  assetType?: string | null
  lastSeen?: string | null
  insights?: {
    fuelLevel?: number | null
    batteryStateOfChargePercent?: number | null
    cumulativeOperatingHours?: number | null
  } | null
  locations?: {
    latest?: {
      geometry?: { coordinates?: readonly number[] | null } | null
      properties?: {
        address?: { streetAddress?: string | null; city?: string | null; country?: string | null } | null
      } | null
    } | null
  } | null
  sites?: { edges?: ReadonlyArray<{ node?: { name?: string | null } | null } | null> | null } | null
}

/** How far it is: kept at every page, so that another worker goes on where this one stopped. */
const checkpointSchema = z.object({
  after: z.string().nullable(),
  done: z.number(),
  total: z.number().nullable(),
  sites: z.array(z.string()),
  isPartial: z.boolean(),
})
type Checkpoint = z.infer<typeof checkpointSchema>

export const fleetSnapshot = defineAction({
  id: 'fleet-snapshot',
  title: 'Fleet snapshot',
  description: 'Lists every machine with type, hours, fuel, battery, place and site, as a file for a spreadsheet.',
  input: z.object({}),
  scopes: ['asset.view'],
  changesData: false,

  async run({ trackunit, resumedFrom, progress, checkpoint, artifact, headline, log, step }) {
    const file = await artifact({ name: 'fleet-snapshot.csv', mediaType: 'text/csv; charset=utf-8' })
    const at: Checkpoint = resumedFrom
      ? checkpointSchema.parse(resumedFrom)
      : {
          after: null,
          done: 0,
          total: await step('Count machines', () => countAssets(trackunit)),
          sites: [],
          isPartial: false,
        }
    // The mark at the start makes spreadsheets read it as UTF-8.
    if (file.isEmpty) await file.write(`\uFEFF${toCsv([columns])}`)

    const sites = new Set(at.sites)
    await step('List machines', async () => {
      const fetchPage = async (after: string | null) => {
        const answer = await trackunit.graphql<{ assets: Connection<Asset> }>(assetsDocument, {
          first: pageSize,
          after,
        })
        at.isPartial ||= answer.isPartial
        return answer.data.assets
      }
      await progress({ done: at.done, total: at.total, message: 'machines listed' })
      for await (const { nodes, endCursor } of pages(fetchPage, at.after)) {
        await file.write(toCsv(nodes.map(toRow)))
        for (const asset of nodes) {
          const site = siteOf(asset)
          if (site) sites.add(site)
        }
        at.done += nodes.length
        at.after = endCursor ?? at.after // A last page without machines has none: from null, all would come again.
        if (at.total !== null && at.done > at.total) at.total = at.done
        await progress({ done: at.done, total: at.total, message: 'machines listed' })
        await checkpoint({ ...at, sites: [...sites] })
      }
    })
    if (at.isPartial) await log('Trackunit left out some values; their fields are empty.')
    await progress({ done: at.done, total: at.done, message: 'machines listed' })
    await headline(sentence(at.done, sites.size))
  },
})

/** Null where it cannot be told: then there is progress without an end in sight. */
async function countAssets(trackunit: {
  get<Data>(path: string, query: Record<string, number>): Promise<Data>
}): Promise<number | null> {
  try {
    const { totalElements } = await trackunit.get<{ totalElements?: unknown }>('/api/asset/v2/assets', {
      size: 1,
      page: 0,
    })
    return typeof totalElements === 'number' ? totalElements : null
  } catch {
    return null
  }
}

function toRow(asset: Asset): Array<string | number | null | undefined> {
  const { insights, locations } = asset
  const [longitude, latitude] = locations?.latest?.geometry?.coordinates ?? []
  const address = locations?.latest?.properties?.address
  return [
    asset.id,
    asset.name,
    asset.brand,
    asset.model,
    asset.serialNumber,
    asset.assetType,
    asset.lastSeen,
    insights?.cumulativeOperatingHours,
    insights?.fuelLevel,
    insights?.batteryStateOfChargePercent,
    latitude,
    longitude,
    [address?.streetAddress, address?.city, address?.country].filter(Boolean).join(', '),
    siteOf(asset),
  ]
}

const siteOf = ({ sites }: Asset): string | undefined => sites?.edges?.[0]?.node?.name ?? undefined

/** Names come from people: a cell that begins like a formula must not become one. @see RFC 4180 */
const toCsv = (rows: ReadonlyArray<ReadonlyArray<string | number | null | undefined>>): string =>
  stringify(
    rows.map((row) => [...row]),
    { escape_formulas: true, record_delimiter: 'windows' },
  )

function sentence(machines: number, sites: number): string {
  if (machines === 0) return 'There are no machines on this account yet.'
  const count = new Intl.NumberFormat('en').format(machines)
  return `${count} ${machines === 1 ? 'machine' : 'machines'} listed on ${sites} ${sites === 1 ? 'site' : 'sites'}.`
}
