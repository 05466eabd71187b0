// Loaded into the server's process by `standin dev`, before anything else: its `Date` follows the clock of the simulated Trackunit.
// PostgreSQL's follows as well (`played-clock-store.ts`), so that a schedule fires when a developer moves time.

const everyMs = 500
/** Answers `{ offsetMs }`. A parameter of the URL by which this file is loaded. */
const clockUrl = new URL(import.meta.url).searchParams.get('clock') ?? ''
const RealDate = globalThis.Date
let offsetMs = 0

const now = () => RealDate.now() + offsetMs
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
})

/** Keeps the last time while the simulator does not answer. */
async function follow(): Promise<void> {
  try {
    const answer = await fetch(clockUrl, { signal: AbortSignal.timeout(2_000) })
    offsetMs = ((await answer.json()) as { offsetMs: number }).offsetMs
  } catch {}
}

await follow()
setInterval(follow, everyMs).unref()
