import type { Limiting } from '../rest/request-limit.ts'

/** [doc] The budget of complexity points is counted in windows of ten minutes, per API user. */
const windowMs = 10 * 60_000

export type PointsBudget = ReturnType<typeof createPointsBudget>
export type Spending = {
  isAllowed: boolean
  cost: number
  remaining: number
  resetInMs: number
  wasToldToWait: boolean
  /** The last answer reported fewer points than ten such queries cost. */
  wasToldToStop: boolean
  /** The answer says how many are left. */
  tell: () => void
}

type Window = { startedAt: number; spent: number; refusedAt: number | undefined; toldRemaining: number | undefined }

/** [doc] The advice: stop when fewer points remain than this many times a query's cost. */
const queriesLeft = 10

export function createPointsBudget({ pointsPerWindow, now, resets }: { pointsPerWindow: () => number } & Limiting) {
  const windows = new Map<string, Window>()
  resets.add(() => windows.clear())

  function windowOf(apiUser: string): Window {
    const known = windows.get(apiUser)
    if (known && now() >= known.startedAt && now() < known.startedAt + windowMs) return known

    const fresh = { startedAt: now(), spent: 0, refusedAt: undefined, toldRemaining: undefined }
    windows.set(apiUser, fresh)
    return fresh
  }

  return {
    /** Takes `cost` points, or nothing when fewer are left. */
    spend(apiUser: string, cost: number): Spending {
      const window = windowOf(apiUser)
      const isAllowed = window.spent + cost <= pointsPerWindow()
      const { refusedAt, toldRemaining } = window
      if (isAllowed) window.spent += cost
      else window.refusedAt ??= now()

      const remaining = Math.max(0, pointsPerWindow() - window.spent)
      return {
        isAllowed,
        cost,
        remaining,
        resetInMs: window.startedAt + windowMs - now(),
        // Requests that were in flight at the first refusal could not know of it.
        wasToldToWait: refusedAt !== undefined && now() - refusedAt > 2000,
        wasToldToStop: isAllowed && toldRemaining !== undefined && toldRemaining < cost * queriesLeft,
        tell: () => {
          window.toldRemaining = remaining
        },
      }
    },
  }
}
