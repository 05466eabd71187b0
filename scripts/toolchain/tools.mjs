import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CannotStart, firstErrorLine, registryFailure } from './explain.mjs'
import { runQuietly } from './run-quietly.mjs'

/** Types are stripped by default and `Temporal` is built in from here on. */
const nodeFloor = 26

/**
 * The packages this machine needs: pnpm's, and Node's where its own is too old. They hold the binary alone and have no
 * install script.
 */
export const packagesFor = ({ platform, arch, nodeVersion }) => {
  const pnpm = { name: `@pnpm/exe.${platform}-${arch}`, binary: 'pnpm' }
  if (Number(nodeVersion.split('.')[0]) >= nodeFloor) return [pnpm]
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'
  const system = platform === 'win32' ? 'win' : platform
  return [{ name: `${prefix}-${system}-${arch}`, binary: 'bin/node' }, pnpm]
}

/** The tools in `.toolchain`: which are needed here, whether they are there, and how they get there. */
export const tools = ({ root, toolchain, say }) => {
  const { platform, arch, versions } = process
  const pins = JSON.parse(readFileSync(join(root, 'scripts/toolchain/package-lock.json'), 'utf8')).packages
  const needed = packagesFor({ platform, arch, nodeVersion: versions.node }).map(({ name, binary }) => {
    const pin = pins[`node_modules/${name}`]
    if (!pin) throw new CannotStart(`there is no ${name} to fetch for ${platform}-${arch}: ${unsupported}`)
    // A folder of its own for each version and hash: nothing that another Node or a running command uses is ever replaced.
    const label = `${name.split('/').at(-1)}-${pin.version}-${hex(pin.integrity).slice(0, 12)}`
    const folder = join(toolchain, label)
    const file = join(folder, 'node_modules', name, platform === 'win32' ? `${binary}.exe` : binary)
    return { name, pin, folder, file }
  })
  const missing = () => needed.filter(({ file }) => !existsSync(file))

  return {
    binFolders: () => needed.map(({ file }) => dirname(file)),
    arePresent: () => missing().length === 0,
    fetch: async () => {
      if (isMusl()) throw new CannotStart(`the tools are built for glibc, and this Linux has musl: ${unsupported}`)
      const wanted = missing()
      say(`fetching ${wanted.map(({ name, pin }) => `${name}@${pin.version}`).join(' and ')} (once, about 60 MB each)`)
      await Promise.all(wanted.map(fetchTool))
    },
  }
}

const unsupported = 'use Linux with glibc (x64, arm64), macOS (x64, arm64) or Windows (x64).'

// npm's own waits add up to over a minute of silence when there is no network.
const patience = ['--fetch-retries=3', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000']

/** npm knows registry, proxy and certificates of this machine; `npm ci` refuses what has not the pinned hash. */
const fetchTool = async ({ name, pin, folder }) => {
  const unfinished = `${folder}.${process.pid}`
  const removeUnfinished = () => rmSync(unfinished, { recursive: true, force: true })
  process.once('exit', removeUnfinished)
  try {
    mkdirSync(unfinished, { recursive: true })
    for (const [file, content] of Object.entries(manifestAndLock(name, pin)))
      writeFileSync(join(unfinished, file), JSON.stringify(content))
    const { code, output } = await runQuietly(
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...patience],
      {
        cwd: unfinished,
        env: process.env,
      },
    ).catch(cannotRunNpm)
    if (code !== 0) throw new CannotStart(reasonOf(name, pin, output))
    rmSync(folder, { recursive: true, force: true })
    renameSync(unfinished, folder)
  } finally {
    process.off('exit', removeUnfinished)
    removeUnfinished()
  }
}

/** One package out of the pinned ones, and not optional: npm passes over an optional package that it cannot get. */
const manifestAndLock = (name, { optional: _, ...pin }) => {
  const manifest = { name: 'tool', private: true, dependencies: { [name]: pin.version } }
  return {
    'package.json': manifest,
    'package-lock.json': {
      name: 'tool',
      lockfileVersion: 3,
      packages: { '': manifest, [`node_modules/${name}`]: pin },
    },
  }
}

const cannotRunNpm = (error) => {
  throw new CannotStart(
    error.code === 'ENOENT'
      ? 'npm is not on the PATH: install it (on Debian and Ubuntu: apt-get install npm).'
      : `npm could not be run (${error.code ?? error.message}).`,
  )
}

const reasonOf = (name, pin, output) => {
  if (output.includes('EINTEGRITY'))
    return `the registry's ${name}@${pin.version} does not have the hash pinned in scripts/toolchain/package-lock.json (EINTEGRITY): do not use it; ask who keeps the registry or the proxy in between.`
  const unreachable = registryFailure(output)
  if (unreachable)
    return `npm could not get ${name}@${pin.version} from the registry (${unreachable}): check the network, the proxy and "npm config get registry".`
  return `npm could not install ${name}@${pin.version}: ${firstErrorLine(output)}`
}

const isMusl = () => process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime

const hex = (integrity) => Buffer.from(integrity.split('-')[1], 'base64').toString('hex')
