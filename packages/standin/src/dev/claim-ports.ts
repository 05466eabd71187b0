import { isFree } from './part.ts'

export interface WantedPort {
  port: number
  host: string
  /** The setting that chooses another port. */
  setting: string
}

/** @throws Error with every port that is taken, and a command with free ports that keeps the given settings */
export async function claimPorts(wanted: readonly WantedPort[], given: Readonly<Record<string, string | undefined>>) {
  const free = await Promise.all(wanted.map(({ port, host }) => isFree(port, host)))
  const taken = wanted.filter((_, index) => !free[index])
  if (taken.length === 0) return
  const used = new Set(wanted.map(({ port }) => port))
  const settings: string[] = []
  for (const { port, host, setting } of wanted) {
    const isTaken = taken.some((each) => each.setting === setting)
    if (isTaken) settings.push(`${setting}=${await nextFree({ port, host, used })}`)
    else if (given[setting] !== undefined) settings.push(`${setting}=${given[setting]}`)
  }
  if (given.STANDIN_DATA_DIR !== undefined) settings.push(`STANDIN_DATA_DIR=${given.STANDIN_DATA_DIR}`)
  const ports = taken.map(({ port }) => port).join(' and ')
  throw new Error(
    taken.length === 1
      ? `Port ${ports} is taken by another program. End it, or choose another port: ${settings.join(' ')} npm start`
      : `Ports ${ports} are taken by other programs. End them, or choose other ports: ${settings.join(' ')} npm start`,
  )
}

async function nextFree({ port, host, used }: { port: number; host: string; used: Set<number> }): Promise<number> {
  for (let next = port + 10; next <= 65_535; next += 10) {
    if (used.has(next) || !(await isFree(next, host))) continue
    used.add(next)
    return next
  }
  return 0
}
