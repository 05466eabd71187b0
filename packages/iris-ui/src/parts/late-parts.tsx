import { type ComponentType, createElement, lazy, type ReactNode, useEffect, useState } from 'react'
import { useFirstSurroundings } from '../surroundings.ts'
import { allTexts } from '../texts/texts-for.ts'
import { WithAllTexts } from '../texts/with-all-texts.tsx'
import { LateBoundary } from './late-failed.tsx'
import type { LateFile } from './late-file.ts'
import { DelayedSkeleton } from './skeleton.tsx'

type PropsOf<Part> = Part extends (props: infer Props extends object) => ReactNode ? Props : never

/**
 * Components of a file that is loaded on demand. A loaded one is drawn at once: `lazy` alone would first draw its fallback, after
 * which React waits for 300 ms. A page that is not loaded yet waits in its own state for the same reason. If the file does not
 * load, a reload is offered instead.
 *
 * @param level 1 for whole pages, whose notice is then their heading
 */
export function lateParts<File extends object>({ bring, come }: LateFile<File>, { level }: { level?: 1 } = {}) {
  return {
    bring,
    part<Name extends keyof File>(name: Name) {
      type Part = ComponentType<PropsOf<File[Name]>>
      const of = (file: File) => file[name] as Part
      const late = lazy(async () => ({ default: of(await bring()) })) as unknown as Part
      return level === undefined ? LatePart : LatePage

      function LatePart(props: PropsOf<File[Name]>) {
        // Stable while it is mounted: its state would be lost.
        const [part] = useState<Part>(() => {
          const file = come()
          if (file) return of(file)
          void bring().catch(() => {}) // Together with the texts; `lazy` says if it fails.
          return late
        })
        return (
          <LateBoundary level={level}>
            <WithAllTexts>{createElement(part, props)}</WithAllTexts>
          </LateBoundary>
        )
      }

      function LatePage(props: PropsOf<File[Name]>) {
        const { language } = useFirstSurroundings().texts
        const [hasCome, setCome] = useState(come() !== undefined)
        useEffect(() => {
          if (!hasCome) void Promise.allSettled([bring(), allTexts(language)]).then(() => setCome(true))
        }, [hasCome, language])
        return hasCome ? <LatePart {...props} /> : <DelayedSkeleton />
      }
    },
  }
}
