/** For `vi.waitFor` and `vi.waitUntil`, which give up after a second by default: too soon for a busy machine. */
export const patiently = { timeout: 60_000, interval: 20 }
