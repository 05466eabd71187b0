import { createCsvArtifact, defineAction } from 'standin'
import { listingSchema, listMachines, machineOfRow, newListing, placeOf } from 'standin/fleet'
import { z } from 'zod'

/** What the demo starts, and the tests that need any action: they pass without the reference actions, which makers delete. */
export const machineList = defineAction({
  id: 'machine-list',
  title: 'List of machines',
  description: 'Lists every machine.',
  input: z.object({}),
  state: z.object({ listing: listingSchema.default(newListing) }),
  reads: [{ what: 'Machines', detail: 'Their names, brands and positions.' }],
  scopes: ['asset.view'],
  changesData: false,
  async run(context) {
    const { headline, machines, result, save, state } = context
    await listMachines(context, { listing: state.listing, keep: (listing) => save({ listing }) })
    await result.columns([
      { key: 'brand', title: 'Brand', kind: 'text', filterable: true },
      { key: 'place', title: 'Position', kind: 'place' },
    ])
    let count = 0
    for await (const page of machines.list({ seenInThisRun: true })) {
      await result.rows(
        page.map((machine) => {
          const cells = { brand: machine.brand, place: placeOf(machine) }
          return { id: machine.id, machine: machineOfRow(machine), cells }
        }),
      )
      count += page.length
    }
    await createCsvArtifact(context, { name: 'machine-list.csv' })
    await headline(`${count} machines.`)
  },
})
