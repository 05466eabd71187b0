import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { type Failure, failureOf } from '../connection/failure.ts'

export interface Download {
  /** The file that was asked for last. */
  artifactId: string | undefined
  busy: boolean
  failure: Failure | undefined
  link: { url: string; endsAtMs: number } | undefined
  start(artifactId: string): void
  /** A link alone, without trying to save the file once more. */
  renew(): void
  close(): void
}

const MAX_LIFE_MS = 60_000

/** Asks for a link, which lives for a minute at most, and lets the browser save the file. */
export function useDownload(): Download {
  const trpc = useTRPC()
  const [asked, setAsked] = useState<{ artifactId: string; link?: Download['link'] }>()
  const mutation = useMutation(trpc.artifact.link.mutationOptions())

  async function ask(artifactId: string, { save }: { save: boolean }): Promise<void> {
    setAsked({ artifactId })
    const { url, expiresAt } = await mutation.mutateAsync({ artifactId })
    const nowMs = Date.now()
    // This computer's clock may be wrong; the longest life of a link is known.
    const lifeMs = Math.min(MAX_LIFE_MS, Math.max(0, Date.parse(expiresAt) - nowMs))
    setAsked({ artifactId, link: { url, endsAtMs: nowMs + lifeMs } })
    if (save) saveFile(url)
  }
  // What failed is in the mutation's own state.
  const quietly = (asking: Promise<void>) => void asking.catch(() => undefined)

  return {
    artifactId: asked?.artifactId,
    busy: mutation.isPending,
    failure: mutation.error ? failureOf(mutation.error) : undefined,
    link: asked?.link,
    start: (artifactId) => quietly(ask(artifactId, { save: true })),
    renew: () => asked && quietly(ask(asked.artifactId, { save: false })),
    close: () => setAsked(undefined),
  }
}

/** The answer is an attachment, so the page stays where it is. A frame without `allow-downloads` ignores this silently. */
function saveFile(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  link.rel = 'noopener'
  link.click()
}
