import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface Wishes {
  folder: string
  name: string
  id: string
}

export type Ask = (question: string, otherwise: string) => Promise<string>

export const usage = `npm create standin@latest [folder] [-- options]

  --name <name>   how users know the app, such as "Roster"
  --id <id>       the app's id at Trackunit, such as @acme/roster
  --yes           ask nothing`

const idForm = /^@[\w.-]+\/[\w.-]+$/

/**
 * What the command line says, and for the rest what the person answers.
 * @param ask undefined if no one can answer
 * @throws Error that says what is wrong with an answer
 */
export async function readWishes(argv: readonly string[], ask: Ask | undefined): Promise<Wishes> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { name: { type: 'string' }, id: { type: 'string' }, yes: { type: 'boolean', short: 'y' } },
  })
  const answer = (question: string, otherwise: string) =>
    ask && !values.yes ? ask(question, otherwise) : Promise.resolve(otherwise)

  if (positionals.length > 1)
    throw new Error(
      `One folder, please, not ${positionals.length}. A name of several words is quoted: --name "Yard list".`,
    )
  const folder = resolve(positionals[0] ?? (await answer('Folder', 'roster')))
  const word = basename(folder)
  // npm and Docker know the app by the folder's name, and refuse capital letters.
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(word) || word === 'node_modules')
    throw new Error(`A folder is called with small letters, digits and hyphens, such as yard-list: ${word}`)
  const name = (values.name ?? (await answer('Name of the app', titleOf(word)))).trim()
  if (name === '' || name.length > 60 || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name))
    throw new Error('A name has 1 to 60 characters, on one line.')
  const id = values.id ?? (await answer('Id at Trackunit, @organization/appname', `@acme/${word}`))
  if (!idForm.test(id)) throw new Error(`An app id has the form @organization/appname: ${id}`)
  return { folder, name, id }
}

const titleOf = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).replaceAll(/[-_.]+/g, ' ')
