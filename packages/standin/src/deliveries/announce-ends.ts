import { type Actor, record } from '../audit/record.ts'
import { dayMs } from '../clock.ts'
import { inTransaction } from '../context.ts'
import { html } from '../http/html.ts'
import { mayReceive } from '../receivers/receiver-standing.ts'
import { standingsOf } from '../receivers/who-may-receive.ts'
import { awayMs } from '../schedules/end-of-schedule.ts'
import { claimDueNotice, finishNotice, type ScheduleRow } from '../schedules/schedule-store.ts'
import type { DeliveriesContext } from './deliveries-context.ts'
import { inTime } from './in-time.ts'
import { plainName } from './plain-name.ts'
import { withdrawUrlOf } from './receiver-urls.ts'
import type { Email } from './send-email.ts'

const actor: Actor = { kind: 'system', id: 'delivery' }

/**
 * Announces the end of one schedule whose author has been away for long: the app shows the reason, and its readers get an
 * email. If an email fails, the announcement is repeated a day later.
 * @returns whether one was due
 */
export async function announceEnds(ctx: DeliveriesContext): Promise<boolean> {
  const row = await claimDueNotice(ctx.db, { againInMs: dayMs })
  if (!row) return false
  const outcomes = await Promise.all((await emailsAbout(ctx, row)).map((email) => send(ctx, email)))
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

/** One email for each reader of the schedule who still gets its results. */
async function emailsAbout(ctx: DeliveriesContext, row: ScheduleRow): Promise<Email[]> {
  const { id, accountId, actionId, createdBy, endsAt, timeZone, deliverTo } = row
  if (!endsAt || createdBy.kind !== 'user') return []
  const day = (at: Date) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone }).format(at)
  const title = ctx.actions.find(actionId)?.title ?? actionId
  const { app, delivery } = ctx.config
  const lastSeen = day(new Date(endsAt.getTime() - awayMs))
  const subject = `${title}: the schedule ends on ${day(endsAt)}`.replaceAll(/\s+/g, ' ').slice(0, 200)
  const sentences = [
    `The schedule of “${title}” ends on ${day(endsAt)}. After that you no longer receive its results.`,
    `${plainName(createdBy.name) ?? 'The person who made it'} last used ${app.name} on ${lastSeen}.`,
    `To keep the schedule, its author must open ${app.name} in Trackunit Manager before that day. Someone else can also take it over there.`,
  ]
  const addresses = deliverTo.flatMap((to) => (to.kind === 'email' ? to.address : []))
  const standings = await standingsOf(ctx, accountId, addresses)
  const readers = addresses.filter((_, nth) => mayReceive(standings[nth]))
  return Promise.all(
    readers.map(async (to) => {
      const withdrawUrl = await withdrawUrlOf(ctx, { accountId, address: to })
      const text = [...sentences, delivery.managerUrl, `To stop these emails: ${withdrawUrl}`].join('\n\n')
      const page = html`<html lang="en"><body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.4">
${sentences.map((words) => html`<p>${words}</p>`)}
<p><a href="${delivery.managerUrl}">Open ${app.name} in Trackunit Manager</a></p>
<p style="color:#5b6470;font-size:13px"><a href="${withdrawUrl}">Stop these emails</a></p>
</body></html>`
      const content = { subject, text, html: `<!doctype html>${page.markup}`, withdrawUrl }
      return { id: `end/${id}/${endsAt.getTime()}`, to, ...content }
    }),
  )
}
