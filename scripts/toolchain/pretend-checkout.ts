import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Counts its calls, then waits for the file `go` where the test has put `wait`, then fails where it has put `npm-says`. */
const npm = `#!/bin/sh
root=$PRETEND_ROOT
echo "npm $*" >> "$root/calls"
while [ -e "$root/wait" ] && [ ! -e "$root/go" ]; do sleep 0.02; done
if [ -e "$root/npm-says" ]; then cat "$root/npm-says" >&2; exit 1; fi
tool=$(node -p "Object.keys(require('./package.json').dependencies)[0]")
mkdir -p "node_modules/$tool"
cp "$root/pnpm" "node_modules/$tool/pnpm"
`
const pnpm = `#!/bin/sh
root=$PRETEND_ROOT
echo "pnpm $*" >> "$root/calls"
if [ -e "$root/pnpm-says" ]; then cat "$root/pnpm-says"; exit 1; fi
mkdir -p "$root/node_modules/.bin" && touch "$root/node_modules/.modules.yaml"
`

/** A checkout with the real bootstrap, in which npm and pnpm are doubles that only write down how they are called. */
export function pretendCheckout() {
  const root = mkdtempSync(join(tmpdir(), 'standin-bootstrap-'))
  const path = (...names: string[]) => join(root, ...names)
  const write = (name: string, text: string) => writeFileSync(path(name), text)

  for (const folder of ['scripts/toolchain', 'packages/one', 'bin']) mkdirSync(path(folder), { recursive: true })
  for (const file of ['bootstrap.mjs', 'toolchain'])
    cpSync(join(import.meta.dirname, '..', file), path('scripts', file), { recursive: true })
  for (const file of ['package.json', 'packages/one/package.json']) write(file, '{}')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) write(file, '')
  for (const [name, script] of Object.entries({ 'bin/npm': npm, pnpm })) {
    write(name, script)
    chmodSync(path(name), 0o755)
  }

  const start = (args: string[], { searchPath = [path('bin'), process.env.PATH].join(delimiter) } = {}) => {
    const env = { ...process.env, PATH: searchPath, PRETEND_ROOT: root }
    const child = spawn(process.execPath, [path('scripts/bootstrap.mjs'), ...args], { cwd: root, env, stdio: 'pipe' })
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text
      })
    return {
      kill: (signal: NodeJS.Signals) => child.kill(signal),
      /** Resolves as soon as the stream holds the text; rejects when the process ends without it. */
      said: async (stream: 'stdout' | 'stderr', text: string) => {
        const ended = once(child, 'close').then(() => 'ended')
        while (!said[stream].includes(text))
          if ((await Promise.race([once(child[stream], 'data'), ended])) === 'ended' && !said[stream].includes(text))
            throw new Error(`ended without “${text}”: ${said.stderr}`)
      },
      ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...said })),
    }
  }

  return {
    path,
    write,
    start,
    run: (args: string[], options?: { searchPath: string }) => start(args, options).ended,
    /** The calls of npm and pnpm so far. */
    calls: () => (existsSync(path('calls')) ? readFileSync(path('calls'), 'utf8').trim().split('\n') : []),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
