/** What the pages of Manager share. */
export const byId = (id) => document.getElementById(id)

export async function control(method, path, body) {
  const answer = await fetch(`/control/${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const content = answer.status === 204 ? undefined : await answer.json()
  if (!answer.ok) throw new Error(content?.error ?? `The simulator answered ${answer.status}.`)
  return content
}

/** Text from outside is always text. */
export function element(name, text, className) {
  const made = document.createElement(name)
  made.textContent = text
  if (className) made.className = className
  return made
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
export const timeOf = (at) => clock.format(new Date(at))

export function answerSentence({ status, body, error, tookMs }) {
  if (status === null) return `The server did not answer: ${error}.`
  const word = body?.status ?? body?.reason ?? ''
  return `The server answered ${status}${word ? ` ${word}` : ''} after ${tookMs} ms.`
}
