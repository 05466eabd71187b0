import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** Runs a package manager to its end and gives its exit code and its whole output. It does not outlive this process. */
export const runQuietly = (command, args, { cwd, env }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })

    const stop = () => child.kill()
    process.once('exit', stop)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.off('exit', stop)
      resolve({ code: code ?? 128 + constants.signals[signal], output })
    })
  })
