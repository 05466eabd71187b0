import type { Artifact } from '@standin/client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { type Failure, failureOf } from '../connection/failure.ts'
import { useSurroundings } from '../surroundings.ts'
import { saveFile } from './save-file.ts'

export interface Download {
  /** The file that was requested last. */
  artifact: Artifact | undefined
  busy: boolean
  /** Why there is no link. */
  failure: Failure | undefined
  link: { url: string; endsAtMs: number } | undefined
  /** Whether the browser got the file. A frame may still block it silently. */
  given: boolean
  start(artifact: Artifact): void
  /** Makes a new link, to copy, without saving the file again. */
  renew(): void
  close(): void
}

type Asked = Pick<Download, 'link' | 'given'> & { artifact: Artifact; busy: boolean; error?: unknown }

const MAX_LIFE_MS = 60_000

/** Asks for a link, which lives for a minute at most, and lets the browser save the file. */
export function useDownload(): Download {
  const trpc = useTRPC()
  const { host } = useSurroundings()
  const { mutateAsync: askForLink } = useMutation(trpc.artifact.link.mutationOptions())
  const [asked, setAsked] = useState<Asked>()

  async function newLink(artifact: Artifact): Promise<NonNullable<Download['link']>> {
    const { url, expiresAt } = await askForLink({ artifactId: artifact.id })
    const nowMs = Date.now()
    // This computer's clock may be wrong, but the longest life of a link is known.
    const lifeMs = Math.min(MAX_LIFE_MS, Math.max(0, Date.parse(expiresAt) - nowMs))
    return { url, endsAtMs: nowMs + lifeMs }
  }

  async function start(artifact: Artifact): Promise<void> {
    setAsked({ artifact, busy: true, given: false, link: undefined })
    try {
      const link = await newLink(artifact)
      const given =
        host.downloads !== 'blocked' &&
        (await saveFile({ url: link.url, name: artifact.name }).then(
          () => true,
          () => false,
        ))
      setAsked({ artifact, busy: false, given, link: given ? undefined : link })
    } catch (error) {
      setAsked({ artifact, busy: false, given: false, link: undefined, error })
    }
  }

  async function renew(before: Asked): Promise<void> {
    setAsked({ ...before, busy: true })
    try {
      setAsked({ ...before, busy: false, given: false, link: await newLink(before.artifact) })
    } catch (error) {
      setAsked({ ...before, busy: false, link: undefined, error })
    }
  }

  return {
    artifact: asked?.artifact,
    busy: asked?.busy ?? false,
    failure: asked?.error ? failureOf(asked.error) : undefined,
    link: asked?.link,
    given: asked?.given ?? false,
    start: (artifact) => void start(artifact),
    renew: () => asked && void renew(asked),
    close: () => setAsked(undefined),
  }
}
