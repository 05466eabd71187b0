import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentOf } from './content-of.mjs'
import { CannotStart, firstErrorLine, registryFailure } from './explain.mjs'
import { runQuietly } from './run-quietly.mjs'

// Each package is pinned by its hash: looking up the age of hundreds of them again is up to the person who changes the lock
// file, and would keep a machine without a network waiting for minutes.
const impatient = {
  pnpm_config_trust_lockfile: 'true',
  pnpm_config_fetch_retry_mintimeout: '1000',
  pnpm_config_fetch_retry_maxtimeout: '4000',
}

/** The workspace's packages: whether what is installed is what the lock file asks for, and how it gets there. */
export const dependencies = ({ root, toolchain, env, say }) => {
  const stampFile = join(toolchain, 'dependencies.stamp')
  const stamp = stampOf(root)

  return {
    areCurrent: () => existsSync(join(root, 'node_modules/.modules.yaml')) && contentOf(stampFile) === stamp,
    install: async () => {
      say('installing the packages (once, and after a change of the lock file)')
      const { code, output } = await runQuietly('pnpm', ['install', '--frozen-lockfile', '--reporter=append-only'], {
        cwd: root,
        env: { ...env, ...impatient },
      })
      if (code !== 0) {
        const logFile = join(toolchain, 'pnpm-install.log')
        writeFileSync(logFile, output)
        throw new CannotStart(reasonOf(output, logFile))
      }
      writeFileSync(`${stampFile}.${process.pid}`, stamp)
      renameSync(`${stampFile}.${process.pid}`, stampFile)
    },
  }
}

/** Changes with everything that `pnpm install` reads: the lock file, the settings, each package.json, the tools, the machine. */
const stampOf = (root) => {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  for (const file of [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...manifests(root),
    'scripts/toolchain/package-lock.json',
  ])
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** Every package.json at the root and up to two folders below it, which is as deep as the workspace goes. */
const manifests = (root) => {
  const isOurs = (folder) => folder.isDirectory() && !folder.name.startsWith('.') && folder.name !== 'node_modules'
  const foldersIn = (parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter(isOurs)
      .map(({ name }) => (parent ? `${parent}/${name}` : name))
  const top = foldersIn('')
  return ['', ...top, ...top.flatMap(foldersIn)]
    .map((folder) => (folder ? `${folder}/package.json` : 'package.json'))
    .filter((file) => existsSync(join(root, file)))
    .sort()
}

const reasonOf = (output, logFile) => {
  if (/ERR_PNPM_(OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH)/.test(output))
    return 'a package.json or pnpm-workspace.yaml was changed and the lock file was not: run "node scripts/bootstrap.mjs pnpm install".'
  const unreachable = registryFailure(output)
  if (unreachable)
    return `pnpm could not get every package from the registry (${unreachable}): check the network, the proxy and "npm config get registry". All it said is in ${logFile}.`
  return `pnpm could not install the packages: ${firstErrorLine(output)} All it said is in ${logFile}.`
}
