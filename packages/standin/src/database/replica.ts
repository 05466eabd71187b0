/**
 * This process as the others see it: while its session is there, its lock is held, and `aliveReplicas` names it. Anyone who
 * takes work for a time writes its id beside it, so that the others see in milliseconds when it has died.
 */
export interface Replica {
  /** Undefined while there is no session: take no work then. Never the same again after a loss. */
  id(): number | undefined
  /** Whether this is still the id whose lock is held. What was taken under another one may be someone else's now. */
  isHeld(id: number): boolean
  /**
   * How long ago this process was last known to live: when it asked the database what was last answered. A process that
   * froze finds a long time, whatever answers lie unread. Infinite without a session.
   */
  silentForMs(): number
  /** Calls at once when a session, and with it the id, is lost. @returns what ends that */
  onLost(listener: (id: number) => void): () => void
  /** Calls when an id is there (again), after all channels are listened to. @returns what ends that */
  onHeld(listener: (id: number) => void): () => void
}

/** The id of this process and who wants to know of it; `hold`, `lose` and the silence belong to the session. */
export function createReplica(
  silentForMs: () => number = () => 0,
): Replica & { hold: (id: number) => void; lose: () => void } {
  let held: number | undefined
  const lostListeners = new Set<(id: number) => void>()
  const heldListeners = new Set<(id: number) => void>()
  const addTo = (listeners: Set<(id: number) => void>) => (listener: (id: number) => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    id: () => held,
    isHeld: (id) => held === id,
    silentForMs: () => (held === undefined ? Number.POSITIVE_INFINITY : silentForMs()),
    onLost: addTo(lostListeners),
    onHeld: addTo(heldListeners),
    hold(id) {
      held = id
      for (const listener of heldListeners) listener(id)
    },
    lose() {
      const id = held
      held = undefined
      if (id !== undefined) for (const listener of lostListeners) listener(id)
    },
  }
}
