/** Something in a chain. Its number is the chain's order; its moment follows that order but for the clocks of those who wrote it. */
export interface Numbered {
  number: number
  at: Date
}

/** A chain that is read backwards. */
export interface Chain<Item extends Numbered> {
  name: string
  /** Nothing in it is newer: until the list has come that far, it is not read. */
  newestAt: Date
  /** The next ones below a number, or from the end; none where it begins. */
  read: (below: number | undefined) => Promise<Item[]>
}

/** Where a list goes on: everything from these numbers on was looked at. Chains that are not named were not read yet. */
export interface Places {
  atMs: number
  below: Readonly<Record<string, number>>
}

interface Page<Item> {
  after?: Places | undefined
  /** Ends the list about there. */
  from?: Date | undefined
  isWanted: (item: Item) => boolean
  limit: number
  /** How many are looked at for one page, since few of them may be wanted. */
  mostLooked: number
}

/** By so much the moments of a chain may be out of its order: tokens of an outage are written when it is over. */
const slackMs = 3_600_000

/**
 * Merges chains, the newest first, and reads of each only as much as a page needs.
 * @returns the wanted ones, and where the next page goes on; undefined when all was looked at
 */
export async function newestFirst<Item extends Numbered>(
  chains: ReadonlyArray<Chain<Item>>,
  { after, from, isWanted, limit, mostLooked }: Page<Item>,
): Promise<{ items: Item[]; next: Places | undefined }> {
  const heads = chains.map((chain) => ({
    chain,
    isNew: after !== undefined && after.below[chain.name] === undefined,
    below: after?.below[chain.name],
    read: [] as Item[],
    nextAtMs: chain.newestAt.getTime(),
    hasEnded: false,
  }))
  const endMs = from === undefined ? Number.NEGATIVE_INFINITY : from.getTime() - slackMs
  const items: Item[] = []
  let [looked, atMs] = [0, after?.atMs ?? Number.POSITIVE_INFINITY]
  for (;;) {
    const head = heads.reduce<(typeof heads)[number] | undefined>(newer, undefined)
    if (!head || head.nextAtMs < endMs) return { items, next: undefined }
    const item = head.read[0]
    if (item === undefined) {
      head.read = await head.chain.read(head.below)
      const first = head.read[0]
      if (first) head.nextAtMs = first.at.getTime()
      else head.hasEnded = true
      if (first && head.below === undefined) head.below = first.number + 1
      continue
    }
    if (items.length === limit || looked === mostLooked)
      return { items, next: { atMs, below: Object.fromEntries(heads.flatMap(placeOf)) } }
    head.read.shift()
    head.below = item.number
    head.nextAtMs = head.read[0]?.at.getTime() ?? item.at.getTime()
    // What was written to a new chain since the page before is not part of the list.
    if (head.isNew && after && item.at.getTime() > after.atMs) continue
    looked += 1
    atMs = Math.min(atMs, item.at.getTime())
    if (isWanted(item)) items.push(item)
  }
}

function newer<Head extends { nextAtMs: number; hasEnded: boolean }>(one: Head | undefined, other: Head) {
  if (other.hasEnded) return one
  return one === undefined || other.nextAtMs > one.nextAtMs ? other : one
}

const placeOf = ({ chain, below }: { chain: { name: string }; below: number | undefined }) =>
  below === undefined ? [] : [[chain.name, below] as const]
