import type { Artifact } from '@standin/client'

/** What people call the kind of a file: `CSV`. From its name, since media types are not words. */
export function fileFormat({ name }: Pick<Artifact, 'name'>): string {
  return (/\.([a-z0-9]{1,5})(?:\.gz)?$/i.exec(name)?.[1] ?? '').toUpperCase()
}
