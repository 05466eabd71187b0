import { type Connection, defineAction } from 'standin'
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
  state: z.object({ after: z.string().nullable().default(null), count: z.number().default(0) }),
  async run({ trackunit, input, state, save, headline }) {
    const pages = trackunit.connection(machinesDocument, {
      variables: { first: input.pageSize },
      find: (data: { assets: Connection<{ id: string }> }) => data.assets,
      from: state.after,
    })
    for await (const { nodes, endCursor } of pages)
      await save({ count: state.count + nodes.length, after: endCursor ?? state.after })
    await headline(`${state.count} machines.`)
  },
})
