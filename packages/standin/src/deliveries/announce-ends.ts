import { type Actor, record } from '../audit/record.ts'
import { dayMs } from '../clock.ts'
import { inTransaction } from '../context.ts'
import { awayMs } from '../schedules/end-of-schedule.ts'
import { claimDueNotice, finishNotice, type ScheduleRow } from '../schedules/schedule-store.ts'
import type { DeliveriesContext } from './deliveries-context.ts'
import { html } from './html.ts'
import { inTime } from './in-time.ts'
import type { Email } from './send-email.ts'

const actor: Actor = { kind: 'system', id: 'delivery' }

/**
 * Announces the end of one schedule whose author was not seen for long: the app shows the reason, and its readers get an
 * email. Where an email fails, it is announced again a day later.
 * @returns whether one was due
 */
export async function announceEnds(ctx: DeliveriesContext): Promise<boolean> {
  const row = await claimDueNotice(ctx.db, { againInMs: dayMs })
  if (!row) return false
  const outcomes = await Promise.all(emailsAbout(ctx, row).map((email) => send(ctx, email)))
  if (outcomes.some(({ kind }) => kind === 'failed')) {
    ctx.log.warn({ scheduleId: row.id }, 'the end of a schedule was not announced')
    return true
  }
  await inTransaction(ctx, async (tx) => {
    if (!(await finishNotice(tx.db, row))) return
    const details = { scheduleId: row.id, actionId: row.actionId, endsAt: row.endsAt?.toISOString() }
    await record(tx, { actor, event: 'schedule.end-announced', accountId: row.accountId, details })
  })
  return true
}

const send = (ctx: DeliveriesContext, email: Email) =>
  inTime(ctx.deliveries.timeForSend('email'), (signal) => ctx.deliveries.sendEmail(ctx, email, { signal }))

/** One email for each reader of the schedule. */
function emailsAbout({ config, actions }: DeliveriesContext, row: ScheduleRow): Email[] {
  const { id, actionId, createdBy, endsAt, timeZone, deliverTo } = row
  if (!endsAt || createdBy.kind !== 'user') return []
  const day = (at: Date) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone }).format(at)
  const title = actions.find(actionId)?.title ?? actionId
  const appName = config.app.name
  const lastSeen = day(new Date(endsAt.getTime() - awayMs))
  const sentences = [
    `The schedule of “${title}” ends on ${day(endsAt)}. After that you no longer receive its results.`,
    `${createdBy.name ?? 'The person who made it'} last used ${appName} on ${lastSeen}.`,
    `To keep the schedule, its author opens ${appName} in Trackunit Manager before that day, or somebody else takes it over there.`,
  ]
  const { managerUrl } = config.delivery
  const content = {
    subject: `${title}: the schedule ends on ${day(endsAt)}`.replaceAll(/\s+/g, ' ').slice(0, 200),
    text: [...sentences, managerUrl].join('\n\n'),
    html: `<!doctype html>${
      html`<html lang="en"><body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.4">
${sentences.map((words) => html`<p>${words}</p>`)}
<p><a href="${managerUrl}">Open ${appName} in Trackunit Manager</a></p>
</body></html>`.markup
    }`,
  }
  return deliverTo.flatMap((to) =>
    to.kind === 'email' ? [{ id: `end/${id}/${endsAt.getTime()}`, to: to.address, ...content }] : [],
  )
}
