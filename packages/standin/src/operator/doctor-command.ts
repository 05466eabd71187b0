import type { Command } from 'commander'
import { examine } from './doctor/examine.ts'
import type { Finding } from './doctor/finding.ts'
import { CommandFailed, printable, printList, type Terminal } from './terminal.ts'

const labels = { good: 'ok   ', note: 'note ', wrong: 'WRONG' } as const

const examples = `
Examples:
  standin doctor
  standin doctor --public-url
  standin doctor --public-url https://callbacks.example.com --json`

/** `doctor`: checks everything that a server needs, changes nothing, and says what to do. */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .addHelpText('after', examples)
    .option('--public-url [url]', 'call the callback address as Trackunit would; without a value at PUBLIC_URL')
    .option('--json', 'print the findings as JSON')
    .action(async ({ publicUrl, json }: { publicUrl?: string | true; json?: boolean }) => {
      const findings = await examine(terminal, publicUrl)
      const line = ({ level, check, text }: Finding) => `${labels[level]} ${check}: ${printable(text, 500)}`
      printList(terminal, json, findings, line)
      const wrong = findings.filter(({ level }) => level === 'wrong').length
      if (wrong > 0) throw new CommandFailed(`${wrong} of ${findings.length} checks failed.`)
    })
}
