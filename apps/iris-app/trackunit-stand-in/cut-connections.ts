/**
 * A switch of the simulated Manager: the app loses its way to every server but its own, as on a site without a signal.
 * What is under way breaks as well. Real hosts have no such thing, so it stands here and not in the app.
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
    // Not by the request's own signal: what reads on would take it for its own wish, and not come back.
    return new Response(answer.body.pipeThrough(new TransformStream(), { signal: cut }), answer)
  }

  return (isCut: boolean): void => {
    if (isCut) cutter.abort(new TypeError('Failed to fetch'))
    else if (cutter.signal.aborted) cutter = new AbortController()
  }
}
