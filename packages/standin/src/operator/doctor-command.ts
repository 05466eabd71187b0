import type { Command } from 'commander'
import { type CommandContext, CommandFailed, printable } from './command-context.ts'
import { examine } from './doctor/examine.ts'
import type { Finding } from './doctor/finding.ts'

const words = { good: 'ok   ', note: 'note ', wrong: 'WRONG' } as const

/** `doctor`: looks at everything that a server needs, changes nothing, and says what to do. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('look at settings, database, keys, clocks and addresses; ends with 1 where something is wrong')
    .option('--public-url [url]', "ask the callback's address as Trackunit would; without a value at PUBLIC_URL")
    .option('--json', 'print them as JSON')
    .action(async ({ publicUrl, json }: { publicUrl?: string | true; json?: boolean }) => {
      const findings = await examine({ ...context, publicUrl })
      const line = ({ level, check, said }: Finding) => `${words[level]} ${check}: ${printable(said, 500)}`
      context.print(json ? JSON.stringify(findings) : findings.map(line).join('\n'))
      const wrong = findings.filter(({ level }) => level === 'wrong').length
      if (wrong > 0) throw new CommandFailed(`${wrong} of ${findings.length} are wrong.`)
    })
}
