import pLimit from 'p-limit'
import { type Html, html } from '../http/html.ts'
import { type Change, type ChangeName, changes, isChange, mostAtOnce } from './changes.ts'
import type { ConsoleContext } from './console-context.ts'
import type { ConsolePage } from './frame.ts'
import { icon } from './icon.ts'
import { explain, failedPage } from './open-page.ts'

/** What a form of the console asks for. */
interface Asked {
  name: ChangeName
  on: readonly string[]
}

/** The page of a change: it asks for confirmation, then reports what was done for each row. */
export async function answerChange(ctx: ConsoleContext, form: URLSearchParams): Promise<ConsolePage> {
  const [name, on] = [form.get('change') ?? '', [...new Set(form.getAll('on'))]]
  if (!isChange(name)) return failedPage(400, 'Nothing was changed', 'The console has no such button.')
  if (on.length === 0) return failedPage(400, 'Nothing was changed', 'Nothing was chosen: tick the boxes first.')
  if (on.length > mostAtOnce) return failedPage(400, 'Nothing was changed', `That is more than ${mostAtOnce} at once.`)
  if (form.get('confirmed') !== 'yes') return askedPage({ name, on })
  return donePage(ctx, { name, on })
}

function askedPage({ name, on }: Asked): ConsolePage {
  const { button, means, isEnd = false, from, command }: Change = changes[name]
  const heading = `${button}: ${on.length === 1 ? 'are you sure?' : `all ${on.length} of these?`}`
  return {
    title: heading,
    isStill: true,
    main: html`<section class="narrow"><h1>${heading}</h1><p>${means}</p>
<form method="post" action="/console/change"><input type="hidden" name="change" value="${name}"><input type="hidden" name="confirmed" value="yes">
<p class="lab">As ${on.length === 1 ? 'a command' : 'commands'}</p><ul class="on">${on.map((each) => html`<li><input type="hidden" name="on" value="${each}"><code>standin ${command(each)}</code></li>`)}</ul>
<p class="btns"><button class="btn ${isEnd ? 'risk' : 'go'}">${button}</button><a class="btn" href="${from}">Cancel</a></p></form></section>`,
  }
}

/** A few at a time: the callers' connections to the database are the same. */
const atOnce = pLimit(3)

async function donePage(ctx: ConsoleContext, { name, on }: Asked): Promise<ConsolePage> {
  const { make, from, button }: Change = changes[name]
  const results = await Promise.all(
    on.map((each) =>
      atOnce(() => make(ctx, each)).then(
        (said) => ({ isDone: true, said }),
        (error: unknown) => ({ isDone: false, said: `${each}: ${explain(error)}` }),
      ),
    ),
  )
  const failed = results.filter(({ isDone }) => !isDone).length
  const heading = `${button}: ${results.length - failed} done${failed > 0 ? `, ${failed} not` : ''}`
  return {
    title: heading,
    isStill: true,
    status: failed === 0 ? 200 : 422,
    main: html`<section class="narrow"><h1>${heading}</h1><ul class="on">${results.map(resultItem)}</ul><p class="btns"><a class="btn go" href="${from}">Back</a></p></section>`,
  }
}

const resultItem = ({ isDone, said }: { isDone: boolean; said: string }) =>
  html`<li class="st ${isDone ? 'ok' : 'bad'}">${icon(isDone ? 'ok' : 'bad')}<span>${said}</span></li>`

/** A button that makes one change, in a form of its own. Read-only sessions have none. */
export const changeButton = (name: ChangeName, on: string, about: string): Html =>
  html`<form method="post" action="/console/change"><input type="hidden" name="on" value="${on}"><button class="btn${(changes[name] as Change).isEnd ? ' stop' : ''}" name="change" value="${name}">${changes[name].button}<span class="vh"> ${about}</span></button></form>`
