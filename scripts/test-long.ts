import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/**
 * `npm run test:long -- <subject> [--seed N] [--minutes M]`: the tests that take minutes, files named
 * `<what>.<subject>.long.test.ts`. What failed is repeated with the seed that is printed first.
 */
const subjects = {
  faults: 'servers, database, network and Trackunit fail together, or one of them for long',
  fuzz: 'a million callbacks that were made to be wrong',
  kills: 'processes and databases that are killed again and again',
  overload: 'three times as much as a server can do',
  soak: 'days of many accounts in accelerated time, and half of what a server can do for as long as is said',
} as const

const root = fileURLToPath(new URL('..', import.meta.url))

async function main(argv: string[]): Promise<number> {
  const asked = understand(argv)
  if (typeof asked === 'string') {
    process.stderr.write(`${asked}\n${usage()}`)
    return 2
  }
  const { subject, seed, minutes } = asked
  process.stderr.write(`${subject} with --seed ${seed} --minutes ${minutes}: ${subjects[subject]}\n`)

  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--config', 'vitest.long.config.ts', `.${subject}.long.test.`],
    { cwd: root, stdio: 'inherit', env: { ...process.env, LONG_SEED: String(seed), LONG_MINUTES: String(minutes) } },
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal))
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

type Asked = { subject: keyof typeof subjects; seed: number; minutes: number }

/** @returns what to run, or what is wrong with how it was asked for */
function understand(argv: string[]): Asked | string {
  const options = { seed: { type: 'string' }, minutes: { type: 'string', default: '5' } } as const
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
    const [subject = '', ...more] = positionals
    if (!isSubject(subject) || more.length > 0) return 'Name one of the subjects.'
    const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
    const minutes = Number(values.minutes)
    if (!Number.isInteger(seed)) return '--seed is a whole number.'
    if (!(minutes > 0)) return '--minutes is a number above 0.'
    return { subject, seed, minutes }
  } catch (error) {
    return (error as Error).message
  }
}

const isSubject = (text: string): text is keyof typeof subjects => Object.hasOwn(subjects, text)

const usage = () =>
  [
    'npm run test:long -- <subject> [--seed N] [--minutes M]',
    ...Object.entries(subjects).map(([name, what]) => `  ${name}  ${what}`),
    '',
  ].join('\n')

process.exitCode = await main(process.argv.slice(2))
