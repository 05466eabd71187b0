import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const windows = process.platform === 'win32'

/** Runs the command in this process's place: its signals, its streams, its exit code (128 + the signal that ended it). */
export const handOver = ({ command, args, env, say }) => {
  // On Windows what npm packages install are .cmd files, which only a shell starts, and a shell splits at spaces.
  const quoted = windows ? args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)) : args
  const child = spawn(command, quoted, { env, stdio: 'inherit', shell: windows })

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // A terminal signals its whole group: passed on as well, the command would be interrupted twice.
      const cameFromTerminal = signal !== 'SIGTERM' && process.stdin.isTTY
      if (!cameFromTerminal) child.kill(signal)
    })

  child.on('error', (error) => {
    say(error.code === 'ENOENT' ? `there is no command “${command}”.` : error.message)
    process.exit(127)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
