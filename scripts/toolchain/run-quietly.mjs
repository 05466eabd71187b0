import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** Runs a package manager to its end and gives its exit code with all it said; ends it when this process is told to end. */
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

    const stops = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
      const stop = () => {
        child.kill(signal)
        process.exit(128 + constants.signals[signal])
      }
      process.on(signal, stop)
      return () => process.off(signal, stop)
    })
    const settle = (end, value) => {
      for (const forget of stops) forget()
      end(value)
    }
    child.on('error', (error) => settle(reject, error))
    child.on('close', (code, signal) => settle(resolve, { code: code ?? 128 + constants.signals[signal], output }))
  })
