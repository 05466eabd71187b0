import { rememberParts } from './leftovers.ts'
import { type Part, type PartOptions, startPart } from './part.ts'
import type { DevOptions } from './plan-dev.ts'

type PartToRun = Omit<PartOptions, 'cwd' | 'onLine'> & { cwd?: string }

export type RunningParts = ReturnType<typeof createRunningParts>

/**
 * The processes of a start, in order. If one ends unexpectedly, all end; but once everything is ready, a server that fails waits
 * for the next change.
 * @param end ends everything
 */
export function createRunningParts(
  dataDir: string,
  { root, program, environment: outer, say }: DevOptions,
  end: (exitCode: number) => void,
) {
  let parts: readonly Part[] = []
  const started = new Map<string, PartToRun>()
  /** Parts that are being stopped. */
  const stopping = new Set<Part>()
  let isReady = false
  let isStopping = false

  /** Starts a part, and replaces the one with the same name. */
  function run(options: PartToRun): Part {
    const { environment, ...given } = options
    const part = startPart({
      cwd: root,
      onLine: (line) => say(`${given.name}: ${line}`),
      ...given,
      // There is no balancer that must notice the end of a part.
      environment: { DRAIN_DELAY_S: '0', ...outer, ...environment },
    })
    parts = [...parts.filter(({ name }) => name !== part.name), part]
    started.set(part.name, options)
    void part.ended.then((code) => whenEnded(part, code))
    return part
  }

  function whenEnded(part: Part, code: number): void {
    if (isStopping || stopping.has(part)) return
    const goesOn = isReady && part.name === 'server'
    const next = goesOn ? 'It restarts when a file changes.' : 'Everything is stopped.'
    say(`The ${part.name} ended (exit ${code}); its last lines above say why. ${next}`)
    if (!goesOn) end(1)
  }

  return {
    run,
    isStopping: () => isStopping,
    /** From now on, a server that ends is restarted. */
    ready() {
      isReady = true
    },
    /** Records what runs for the next start, in case this one is killed. */
    remember: () => rememberParts(dataDir, program, parts),
    async startAgain(name: string): Promise<Part | undefined> {
      const old = parts.find((part) => part.name === name)
      const options = started.get(name)
      if (!old || !options) return undefined
      stopping.add(old)
      await old.stop()
      if (isStopping) return undefined
      const part = run(options)
      rememberParts(dataDir, program, parts)
      return part
    },
    async stop() {
      isStopping = true
      for (const part of parts.toReversed()) await part.stop()
    },
    /** Records that nothing runs any more. */
    forget() {
      if (parts.length > 0) rememberParts(dataDir, program, []) // Otherwise the file belongs to another start.
    },
  }
}
