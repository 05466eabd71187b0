/** One figure of one round. */
export interface Measured {
  /** In the row's unit. */
  value: number
  /** CPU of the process that serves, where there is one, by request. */
  cpuMicrosPerRequest?: number
}

export interface Contestant {
  name: string
  /** Before the first round: caches filled, code compiled. */
  warmUp?: () => Promise<void>
  measure: () => Promise<Measured>
}

/** One of our figures next to a peer's, or next to a fixed goal. */
export interface Comparison {
  id: string
  name: string
  unit: string
  /** Of the ratio, or, without a reference, of the value itself. */
  goal: number
  /** The best known possible value of the same figure as the goal. */
  stretch?: number
  /** Which side of the goal is good. */
  better: 'more' | 'less'
  /** How often it is measured, where not as often as the others: what takes seconds each time. */
  rounds?: number
  subject: Contestant
  reference?: Contestant
}

export interface Row {
  id: string
  name: string
  /** Medians over the rounds. */
  value: number
  unit: string
  /** The peer and its own median. */
  reference: { name: string; value: number } | null
  /** Median of the rounds' ratios: a noisy neighbour slows both sides of a round. */
  ratio: number | null
  goal: number
  stretch: number | null
  better: 'more' | 'less'
  met: boolean
  stretchMet: boolean | null
  rounds: Array<{ value: number; reference: number | null; ratio: number | null }>
  cpuMicrosPerRequest: number | null
  referenceCpuMicrosPerRequest: number | null
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Subject and reference in turns, each first every other round, so that a slow spell does not hit one of them alone. */
export async function compare(comparison: Comparison, { rounds }: { rounds: number }): Promise<Row> {
  const { id, name, unit, goal, stretch = null, better, subject, reference } = comparison
  const times = comparison.rounds ?? rounds
  await subject.warmUp?.()
  await reference?.warmUp?.()

  const measured: Array<{ ours: Measured; theirs: Measured | undefined }> = []
  for (let round = 0; round < times; round++) {
    const isSubjectFirst = round % 2 === 0
    const first = isSubjectFirst ? await subject.measure() : await reference?.measure()
    const second = isSubjectFirst ? await reference?.measure() : await subject.measure()
    const [ours, theirs] = isSubjectFirst ? [first, second] : [second, first]
    if (ours !== undefined) measured.push({ ours, theirs })
  }

  const roundsOfRow = measured.map(({ ours, theirs }) => ({
    value: ours.value,
    reference: theirs?.value ?? null,
    ratio: theirs ? ours.value / theirs.value : null,
  }))
  const value = median(roundsOfRow.map((round) => round.value))
  const ratio = reference ? median(roundsOfRow.map((round) => round.ratio ?? Number.NaN)) : null
  const judged = ratio ?? value
  const reaches = (bound: number) => (better === 'more' ? judged >= bound : judged <= bound)
  return {
    id,
    name,
    value,
    unit,
    reference: reference
      ? { name: reference.name, value: median(roundsOfRow.map((round) => round.reference ?? Number.NaN)) }
      : null,
    ratio,
    goal,
    stretch,
    better,
    met: reaches(goal),
    stretchMet: stretch === null ? null : reaches(stretch),
    rounds: roundsOfRow,
    cpuMicrosPerRequest: cpuOf(measured.map(({ ours }) => ours)),
    referenceCpuMicrosPerRequest: cpuOf(measured.map(({ theirs }) => theirs)),
  }
}

function cpuOf(measured: ReadonlyArray<Measured | undefined>): number | null {
  const known = measured.map((each) => each?.cpuMicrosPerRequest).filter((cpu) => cpu !== undefined)
  return known.length === 0 ? null : median(known)
}
