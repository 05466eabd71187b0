/**
 * This process as the others see it: while it has a session, its lock is held and `aliveReplicas` lists it. A replica that takes
 * work writes its id beside it, so that the others see within milliseconds that it has died.
 */
export interface Replica {
  /** Undefined without a session: take no work then. Each session has a new id. */
  id(): number | undefined
  /** Whether this is still the id whose lock is held. Work that was taken under another id may belong to another replica now. */
  isHeld(id: number): boolean
  /**
   * How long ago the latest heartbeat was sent that the database answered. Long after the process was frozen, even if answers
   * are still unread. Infinite without a session.
   */
  silentForMs(): number
  /** Calls at once when a session, and with it the id, is lost. @returns what ends that */
  onLost(listener: (id: number) => void): () => void
  /** Calls when an id is there (again), after all channels are listened to. @returns what ends that */
  onHeld(listener: (id: number) => void): () => void
}

/** The id of this process and its listeners. `hold`, `lose` and the silence are the session's. */
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
