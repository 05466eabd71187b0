import { readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() })).catch([])

/**
 * Makes the links between PostgreSQL's libraries that the package's install script would make, since many npm users allow no
 * install scripts. Links that cannot be made are skipped: running the programs then fails with the reason.
 * @param folder of the package
 */
export async function linkLibraries(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = linksSchema.parse(JSON.parse(text))
  await Promise.all(
    links.map(({ source, target }) => symlink(relative(dirname(target), source), join(folder, target)).catch(() => {})),
  )
}
