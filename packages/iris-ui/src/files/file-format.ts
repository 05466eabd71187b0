import type { Artifact } from '@standin/client'

/** The readable format of a file, such as `CSV`, from its name. */
export function fileFormat({ name }: Pick<Artifact, 'name'>): string {
  return (/\.([a-z0-9]{1,5})(?:\.gz)?$/i.exec(name)?.[1] ?? '').toUpperCase()
}
