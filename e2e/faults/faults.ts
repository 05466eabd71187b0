import { until } from '../../scripts/part.ts'
import { type Cluster, type Replica, signal } from './cluster.ts'
import { canFillDisks, fillDisk, freeDisk } from './disk.ts'

/** What goes wrong for a while. @returns what ends it */
type Fault = (at: { cluster: Cluster; replica: Replica; random: () => number }) => Promise<() => unknown>

const link =
  (name: keyof Replica['links'], how: 'cut' | 'freeze' | 'delay'): Fault =>
  async ({ replica, random }) => {
    const bad = replica.links[name]
    if (how === 'delay') bad.delay(20 + random() * 200)
    else bad[how]()
    return () => bad.mend()
  }

const trackunit =
  (faults: object): Fault =>
  async ({ cluster }) => {
    await cluster.trackunit.control('faults', faults, 'PUT')
    return () => cluster.trackunit.control('faults', {}, 'PUT')
  }

const [minuteMs, hourMs] = [60_000, 3_600_000]

/** What a full disk breaks. Left out on a machine without `prlimit`. */
const diskFaults: Record<string, Fault> = {
  // The spool is written while the database is away.
  async 'the database is cut off, and the disk is full'({ replica, random }) {
    const pid = replica.pid()
    await fillDisk(pid, random() * 4_000)
    replica.links.toDatabase.cut()
    return async () => {
      if (random() < 0.5) await freeDisk(pid)
      replica.links.toDatabase.mend()
      await freeDisk(pid)
    }
  },
  async "PostgreSQL's disk is full"({ cluster, random }) {
    const { database } = cluster
    // Below the size of a segment of its log (16 MB): sooner or later it panics, and recovers only where there is room.
    const pid = await database.processId()
    await fillDisk(pid, 8_192 + random() * 20_000_000)
    return async () => {
      await freeDisk(pid)
      // It may have run out of room in its recovery and be about to end, which a port that is open does not show.
      const isBack = await until('PostgreSQL', () => cluster.sql`select 1`.then(() => true), { timeoutMs: 5_000 }).then(
        () => true,
        () => false,
      )
      if (isBack) return
      await database.kill() // What starts it again waits longer each time that it ends.
      await database.start()
    }
  },
}

export const faults = {
  async 'a server is killed'({ replica }) {
    await replica.kill()
    return () => replica.start()
  },
  async 'a server is frozen'({ replica }) {
    const pid = replica.pid()
    signal(pid, 'SIGSTOP')
    return () => signal(pid, 'SIGCONT')
  },
  async 'PostgreSQL is killed'({ cluster }) {
    await cluster.database.kill()
    return () => cluster.database.start()
  },
  async 'a server has the wrong time'({ replica, random }) {
    replica.setClock(
      (random() < 0.5 ? -1 : 1) * (random() < 0.5 ? 90_000 + random() * 10 * minuteMs : random() * 5 * hourMs),
    )
    return () => replica.setClock(0)
  },
  async 'the token endpoint lies'({ cluster }) {
    cluster.gateway.lie(true)
    return () => cluster.gateway.lie(false)
  },
  async 'signing keys change'({ cluster, random }) {
    await cluster.trackunit.control('keys/rotate', { withdrawOld: random() < 0.5 })
    return () => {}
  },
  'the database is cut off': link('toDatabase', 'cut'),
  'the database falls silent': link('toDatabase', 'freeze'),
  'the database is slow': link('toDatabase', 'delay'),
  'Trackunit is cut off': link('toTrackunit', 'cut'),
  'Trackunit falls silent': link('toTrackunit', 'freeze'),
  'Trackunit is slow': link('toTrackunit', 'delay'),
  'callers are cut off': link('fromCallers', 'cut'),
  'callers wait': link('fromCallers', 'freeze'),
  'signing keys cannot be fetched': trackunit({ jwks: { status: 503 } }),
  'the token endpoint refuses everybody': trackunit({ apptoken: { status: 401, body: { error: 'invalid_client' } } }),
  'the token endpoint answers nonsense': trackunit({ apptoken: { body: { access_token: 7, expires_in: 'soon' } } }),
  'the token endpoint is overloaded': trackunit({ apptoken: { retryAfterS: 1 } }),
  'the token endpoint hangs': trackunit({ apptoken: { hang: true } }),
  'the APIs fail': trackunit({ graphql: { status: 500 }, rest: { status: 502, body: '<html>' } }),
  ...(canFillDisks && diskFaults),
} as Record<string, Fault>

/** Faults that concern the same part do not come at the same time: the end of one would mend the other. */
const partOf = (name: string, replica: number): string =>
  /token endpoint|APIs|cannot be fetched/.test(name)
    ? 'trackunit'
    : /PostgreSQL/.test(name)
      ? 'postgres'
      : /^a server/.test(name)
        ? `server ${replica}`
        : /signing keys change/.test(name)
          ? 'keys'
          : `${name.split(' ').slice(0, 2).join(' ')} ${replica}`

/**
 * Begins faults in a random order, each kind before any comes again, up to three at once, each for up to two seconds, until
 * `endsAtMs` and until `atLeast` have begun; then ends them all.
 * @returns how often each began
 */
export async function makeFaults(
  cluster: Cluster,
  {
    random,
    endsAtMs,
    atLeast,
    say,
  }: { random: () => number; endsAtMs: number; atLeast: number; say: (line: string) => void },
): Promise<Map<string, number>> {
  const begun = new Map<string, number>()
  let count = 0
  const going = new Map<string, Promise<void>>()
  let deck: string[] = []
  while (performance.now() < endsAtMs || count < atLeast) {
    if (deck.length === 0) deck = shuffled(Object.keys(faults), random)
    const name = deck.pop() ?? ''
    const number = Math.floor(random() * cluster.replicas.length)
    const [pauseMs, lastsMs] = [100 + random() * 400, 200 + random() * 1_800]
    const part = partOf(name, number)
    if (going.size < 3 && !going.has(part)) {
      count++
      begun.set(name, (begun.get(name) ?? 0) + 1)
      say(`${name} (${number}) for ${Math.round(lastsMs)} ms`)
      const replica = cluster.replicas[number] as Replica
      const fault = async () => {
        const end = await faults[name]?.({ cluster, replica, random })
        await sleep(lastsMs)
        await end?.()
        going.delete(part)
      }
      going.set(part, fault())
    } else deck.unshift(name)
    await Promise.race([sleep(pauseMs), ...going.values()])
  }
  await Promise.all(going.values())
  return begun
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function shuffled(names: readonly string[], random: () => number): string[] {
  const order = new Map(names.map((name) => [name, random()]))
  return names.toSorted((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0))
}
