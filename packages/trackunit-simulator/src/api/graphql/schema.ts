/** [seen] and [doc] fields of Trackunit's GraphQL API; the filters' names, and groups, are our choice. */
export const typeDefinitions = ({ hasGroups }: { hasGroups: boolean }) => /* GraphQL */ `
  scalar DateTime

  type Query {
    assets(first: Int, after: String, filters: AssetFilters): AssetConnection!
    sites(first: Int, after: String): SiteConnection!
    rateLimit: RateLimit!
  }

  type Mutation {
    eventDismiss(eventId: String!): EventDismissPayload!
  }

  type EventDismissPayload {
    success: Boolean!
  }

  "Complexity points; resetIn in milliseconds."
  type RateLimit {
    cost: Int!
    remaining: Int!
    resetIn: Int!
  }

  input AssetFilters {
    assetIds: [String!]
    siteIds: [String!]
    assetTypes: [String!]
    brands: [String!]
  }

  type PageInfo {
    endCursor: String
    hasNextPage: Boolean!
  }

  type AssetConnection {
    edges: [AssetEdge!]!
    pageInfo: PageInfo!
  }

  "A node is null when the asset was deleted after the page was made."
  type AssetEdge {
    node: Asset
    cursor: String!
  }

  type Asset {
    id: ID!
    name: String
    brand: String
    model: String
    serialNumber: String
    assetType: String
    lastSeen: DateTime
    status: AssetStatus
    insights: AssetInsights
    locations: AssetLocations
    sites(first: Int, after: String): SiteConnection
    ${hasGroups ? 'groups(first: Int, after: String): GroupConnection' : ''}
  }

  type AssetStatus {
    activity: String
    criticality: String
  }

  enum OperatingHoursPeriod {
    LIFETIME
  }

  type AssetInsights {
    fuelLevel: Float
    batteryStateOfChargePercent: Float
    cumulativeOperatingHours(period: OperatingHoursPeriod!): Float
  }

  type AssetLocations {
    latest: Location
  }

  "A GeoJSON feature: coordinates are longitude, latitude."
  type Location {
    geometry: Geometry
    properties: LocationProperties
  }

  type Geometry {
    type: String!
    coordinates: [Float!]!
  }

  type LocationProperties {
    address: Address
    updatedAt: DateTime
  }

  type Address {
    streetAddress: String
    city: String
    country: String
  }

  type SiteConnection {
    edges: [SiteEdge!]!
    pageInfo: PageInfo!
  }

  type SiteEdge {
    node: Site!
    cursor: String!
  }

  type GroupConnection {
    edges: [GroupEdge!]!
    pageInfo: PageInfo!
  }

  type GroupEdge {
    node: Group!
    cursor: String!
  }

  type Group {
    id: ID!
    name: String
  }

  type Site {
    id: ID!
    name: String
    type: String
    status: String
    city: String
    country: String
  }
`
