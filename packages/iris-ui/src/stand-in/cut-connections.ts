/**
 * A switch of the simulated Manager: the app can no longer reach any server except the one it is loaded from, as on a site
 * without a signal. Requests under way fail as well. Real hosts have nothing like it, so it is here and not in the app.
 */
export function createConnectionCutter(target: { fetch: typeof fetch }, ownOrigin: string) {
  const throughNetwork = target.fetch.bind(globalThis)
  let cutter = new AbortController()

  target.fetch = async (input, init) => {
    const address = new URL(input instanceof Request ? input.url : input, ownOrigin)
    if (address.origin === ownOrigin) return throughNetwork(input, init)
    if (cutter.signal.aborted) throw new TypeError('Failed to fetch')
    const { signal: cut } = cutter
    const own = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    const unanswered = new AbortController()
    const abort = () => unanswered.abort(cut.reason)
    cut.addEventListener('abort', abort)
    const signal = own ? AbortSignal.any([own, unanswered.signal]) : unanswered.signal
    const answer = await throughNetwork(input, { ...init, signal }).finally(() =>
      cut.removeEventListener('abort', abort),
    )
    if (!answer.body) return answer
    // Not through the request's own signal: its reader would take that for its own decision, and not reconnect.
    return new Response(answer.body.pipeThrough(new TransformStream(), { signal: cut }), answer)
  }

  return (isCut: boolean): void => {
    if (isCut) cutter.abort(new TypeError('Failed to fetch'))
    else if (cutter.signal.aborted) cutter = new AbortController()
  }
}
