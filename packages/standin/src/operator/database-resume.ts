import type { Command } from 'commander'
import { resumeRestoredDeliveries } from '../deliveries/resume-restored-deliveries.ts'
import { resumeRestoredSchedules } from '../schedules/resume-restored-schedules.ts'
import { accountId } from './arguments.ts'
import { operator, printResult, type Terminal, withContext } from './terminal.ts'

interface ResumeOptions {
  schedules?: true
  deliveries?: true
  account?: string
  json?: boolean
}

/** `database resume`: resumes what `database after-restore` stopped, once a person has reviewed it. */
export function addResume(database: Command, terminal: Terminal): void {
  const resume = database.command('resume')
  resume
    .description('resume what "database after-restore" has stopped; runs are started again with "runs retry"')
    .option('--schedules', 'schedules continue at their next time')
    .option('--deliveries', 'results are sent, even if they were already sent before the restore')
    .option('--account <id>', 'only of this account', accountId)
    .option('--json', 'print how many as JSON')
    .action(async ({ schedules, deliveries, account, json }: ResumeOptions) => {
      if (!schedules && !deliveries) resume.error('error: say what to resume: --schedules, --deliveries or both')
      const of = { accountId: account, actor: operator }
      const resumed = await withContext(terminal, async (ctx) => ({
        schedules: schedules ? await resumeRestoredSchedules(ctx, of) : 0,
        deliveries: deliveries ? await resumeRestoredDeliveries(ctx, of) : 0,
      }))
      printResult(terminal, json, resumed, () => `${resumed.schedules} schedules and ${resumed.deliveries} deliveries.`)
    })
}
