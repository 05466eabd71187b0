import { defineAction } from 'standin'
import { listingSchema, listMachines, machineOfRow, newListing } from 'standin/fleet'
import { z } from 'zod'

const dayMs = 24 * 60 * 60 * 1_000

/** An example: change it, or write another file beside it. Each file of this folder may export actions. */
export const silentMachines = defineAction({
  id: 'silent-machines',
  title: 'Silent machines',
  description: 'Lists the machines that have not reported for a while.',
  // The form of the app.
  input: z.object({ days: z.int().min(1).max(365).default(7).meta({ title: 'Silent for', unit: 'days' }) }),
  // What is kept when a run waits, or its server ends: it continues from there.
  state: z.object({ listing: listingSchema.default(newListing) }),
  scopes: ['asset.view'],
  // What the app says that it reads, before anything has run. The first action that says so is behind its first button.
  reads: [{ what: 'Last contact', detail: 'When each machine reported last', icon: 'no-signal' }],
  changesData: false,
  async run(context) {
    const { clock, headline, input, machines, result, save, state } = context
    await listMachines(context, { listing: state.listing, keep: (listing) => save({ listing }) })

    await result.columns([{ key: 'lastSeen', title: 'Last seen', kind: 'moment' }])
    const since = new Date(clock.now().getTime() - input.days * dayMs)
    let count = 0
    for await (const page of machines.list({ seenInThisRun: true })) {
      for (const machine of page) {
        if (!machine.lastSeenAt || machine.lastSeenAt >= since) continue
        const cells = { lastSeen: machine.lastSeenAt.toISOString() }
        await result.rows([{ id: machine.id, machine: machineOfRow(machine), cells }])
        count++
      }
    }
    await headline(`${count} ${count === 1 ? 'machine has' : 'machines have'} been silent for ${input.days} days.`)
  },
})
