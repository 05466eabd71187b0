import { type Connection, defineAction, pages } from 'standin'
import { z } from 'zod'

const machinesDocument = /* GraphQL */ `
  query CountMachines($first: Int!, $after: String) {
    assets(first: $first, after: $after) {
      edges {
        node {
          id
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`

/** An action as the recipe in CONTRIBUTING.md makes one: a test adds it to the server's. */
export const countMachines = defineAction({
  id: 'count-machines',
  title: 'Count machines',
  description: 'Says how many machines there are.',
  input: z.object({ pageSize: z.int().min(1).max(100).default(100).meta({ title: 'Machines in a page' }) }),
  scopes: ['asset.view'],
  changesData: false,
  async run({ trackunit, input, resumedFrom, checkpoint, headline }) {
    const at = z
      .object({ after: z.string().nullable(), count: z.number() })
      .catch({ after: null, count: 0 })
      .parse(resumedFrom)
    const fetchPage = async (after: string | null) =>
      (
        await trackunit.graphql<{ assets: Connection<{ id: string }> }>(machinesDocument, {
          first: input.pageSize,
          after,
        })
      ).data.assets
    for await (const { nodes, endCursor } of pages(fetchPage, at.after)) {
      at.count += nodes.length
      at.after = endCursor ?? at.after
      await checkpoint({ ...at })
    }
    await headline(`${at.count} machines.`)
  },
})
