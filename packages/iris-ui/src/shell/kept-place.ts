/**
 * Where the user was in the app when its frame was removed, with Manager's page or by opening one of its machines: the next frame
 * of this tab continues there. Kept per account, in the tab alone; a frame without an origin keeps nothing.
 */
interface Place {
  accountId: string
  hash: string
  scrolled: number
  atMs: number
}

const KEY = 'standin.place'
const KEPT_MS = 30 * 60_000

export function keepPlace(accountId: string, scrolled: number): void {
  const place: Place = { accountId, hash: location.hash, scrolled, atMs: Date.now() }
  inTab((storage) => storage.setItem(KEY, JSON.stringify(place)))
}

/** Goes to the kept place, if the app was opened without an address of its own. */
export function restorePlace(accountId: string): void {
  if (!['', '#', '#/'].includes(location.hash) || history.state !== null) return
  inTab((storage) => {
    const place = JSON.parse(storage.getItem(KEY) ?? 'null') as Place | null
    storage.removeItem(KEY)
    if (place?.accountId !== accountId || Date.now() - place.atMs > KEPT_MS) return
    history.replaceState({ scrolled: place.scrolled }, '', place.hash)
  })
}

function inTab(use: (storage: Storage) => void): void {
  try {
    use(sessionStorage)
  } catch {
    // The frame has no origin, or what was kept is not ours.
  }
}
