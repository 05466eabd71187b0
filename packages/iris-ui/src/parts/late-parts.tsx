import { type ComponentType, createElement, lazy, type ReactNode, useState } from 'react'
import { WithAllTexts } from '../texts/with-all-texts.tsx'
import { LateBoundary } from './late-failed.tsx'
import type { LateFile } from './late-file.ts'

type PropsOf<Part> = Part extends (props: infer Props extends object) => ReactNode ? Props : never

/**
 * Components of a file that is loaded on demand. A loaded one is drawn at once: `lazy` alone would first draw its fallback, after
 * which React waits for 300 ms. If the file does not load, a reload is offered instead.
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
      return function LatePart(props: PropsOf<File[Name]>) {
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
    },
  }
}
