import { byId, control, element, timeOf } from './control.js'

const seeEveryMs = 1000
const rows = new Map()
const names = new Map()

const kinds = [
  ['callback', /^POST callback/],
  ['graphql', /\/api\/graphql/],
  ['apptoken', /\/apptoken/],
  ['jwks', /\/jwks/],
]
const kindOf = ({ what }) => kinds.find(([, pattern]) => pattern.test(what))?.[0] ?? 'rest'
const isProblem = ({ status, problem }) => status === 0 || status >= 400 || problem !== null

function rowOf(entry) {
  const item = element('li', '', isProblem(entry) ? 'problem' : '')
  const head = document.createElement('button')
  head.type = 'button'
  head.setAttribute('aria-expanded', 'false')
  const time = element('time', timeOf(entry.at))
  time.dateTime = entry.at
  const what = element('span', '', 'what')
  what.append(element('b', entry.what.split(', ')[0]))
  if (entry.operation) what.append(element('span', entry.operation, 'operation'))
  if (entry.problem) what.append(element('em', entry.problem))
  const account = element('span', names.get(entry.accountId) ?? '', 'account')
  const status = element('span', entry.status || 'no answer', 'status')
  head.append(time, what, account, status, element('span', `${entry.tookMs} ms`, 'took'))
  item.append(head)
  head.addEventListener('click', () => toggle(item, head, entry))
  const text = [entry.what, entry.operation, entry.problem, entry.status, names.get(entry.accountId), entry.accountId]
  return { item, entry, text: text.join(' ').toLowerCase() }
}

async function toggle(item, head, { id }) {
  const isOpen = head.getAttribute('aria-expanded') === 'true'
  head.setAttribute('aria-expanded', String(!isOpen))
  if (isOpen) return item.querySelector('.exchange')?.remove()
  const exchange = element('div', '', 'exchange')
  item.append(exchange)
  try {
    const { request, answer, accountId } = await control('GET', `requests/${id}`)
    exchange.append(side('Request', request), side('Answer', answer))
    if (accountId) exchange.prepend(element('p', `Account ${names.get(accountId) ?? ''} ${accountId}`, 'of'))
  } catch (error) {
    exchange.append(element('p', error.message))
  }
}

function side(title, message) {
  const section = document.createElement('section')
  section.append(element('h3', title))
  if (!message) {
    section.append(element('p', 'There was none.'))
    return section
  }
  const headers = Object.entries(message.headers).map(([name, value]) => `${name}: ${value}`)
  const head = [message.address, ...headers].filter(Boolean).join('\n')
  if (head) section.append(element('pre', head, 'headers'))
  if (message.body !== null && message.body !== undefined) section.append(element('pre', readable(message.body)))
  return section
}

/** JSON in lines; a GraphQL document as it was written, with its variables. */
function readable(body) {
  try {
    const content = JSON.parse(body)
    if (typeof content?.query !== 'string') return JSON.stringify(content, null, 2)
    const { query, variables } = content
    const given = variables && Object.keys(variables).length > 0 ? `\n\n${JSON.stringify(variables, null, 2)}` : ''
    return `${query.trim()}${given}`
  } catch {
    return body.includes('=') && !body.includes('<') ? body.split('&').map(decoded).join('\n') : body
  }
}

function decoded(field) {
  try {
    return decodeURIComponent(field.replaceAll('+', ' ')).replace('=', ' = ')
  } catch {
    return field
  }
}

function show() {
  const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean)
  const kind = byId('kind').value
  const onlyProblems = byId('only-problems').checked
  let shown = 0
  for (const { item, entry, text } of rows.values()) {
    const fits =
      words.every((word) => text.includes(word)) &&
      (kind === '' || kind === kindOf(entry)) &&
      (!onlyProblems || isProblem(entry))
    item.hidden = !fits
    if (fits) shown++
  }
  byId('shown').textContent = rows.size === 0 ? '' : `${shown} of ${rows.size} shown`
  byId('none').hidden = rows.size > 0
}

/** New rows are put on top; those that are open stay as they are. */
async function refresh() {
  if (document.hidden) return
  const { recent } = await control('GET', 'requests').catch(() => ({ recent: [] }))
  const kept = new Set(recent.map(({ id }) => id))
  for (const [id, { item }] of rows) {
    if (kept.has(id)) continue
    item.remove()
    rows.delete(id)
  }
  for (const entry of recent.toReversed()) {
    if (rows.has(entry.id)) continue
    const row = rowOf(entry)
    rows.set(entry.id, row)
    byId('log').prepend(row.item)
  }
  show()
}

for (const id of ['filter', 'kind', 'only-problems']) byId(id).addEventListener('input', show)
byId('clear').addEventListener('click', async () => {
  await control('DELETE', 'requests')
  await refresh()
})

for (const { accountId, name } of (await control('GET', 'accounts')).accounts) names.set(accountId, name)
await refresh()
setInterval(refresh, seeEveryMs)
