// The console's only script: it sends the code of the link, and refreshes the page without losing the reader's place.

const everyMs = 5_000
const main = document.getElementById('main')
const say = document.getElementById('say')

sendCodeOfLink()
if (main?.hasAttribute('data-refresh')) void refreshForever()
document.addEventListener('submit', markAsBusy)
document.addEventListener('change', tickAll)
document.addEventListener('keydown', goToSearch)

/** The code stands after the `#`: it leaves the address, and so the history, before it is sent. */
function sendCodeOfLink() {
  const form = document.getElementById('open')
  const code = location.hash.slice(1)
  if (!(form instanceof HTMLFormElement) || code === '') return
  history.replaceState(null, '', location.pathname)
  form.elements.namedItem('code').value = code
  form.requestSubmit()
}

async function refreshForever() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, everyMs))
    if (document.visibilityState !== 'visible') continue
    if (!(await refresh())) return
  }
}

/** @returns whether to go on */
async function refresh() {
  try {
    const response = await fetch(location.href, { redirect: 'error', signal: AbortSignal.timeout(10_000) })
    if (response.status === 401) {
      tell('This session has ended. Run standin console again; what you see is from before.')
      return false
    }
    const next = new DOMParser().parseFromString(await response.text(), 'text/html')
    const fresh = next.getElementById('main')
    if (!fresh) throw new Error('not a page of the console')
    document.title = next.title
    become(main, fresh)
    for (const part of ['.session', '.foot-line']) {
      const [old, fresh] = [document.querySelector(part), next.querySelector(part)]
      if (old && fresh) become(old, fresh)
    }
    tell('')
  } catch {
    tell(`The server does not answer. What you see is from ${document.getElementById('as-of')?.textContent} UTC.`)
  }
  return true
}

function tell(words) {
  if (say && say.textContent !== words) say.textContent = words
}

/**
 * Makes `old` like `fresh`, keeping its elements where they are alike: focus, selection, what was typed, ticked or opened,
 * and the place on the page stay. Elements with an id are found again wherever they are now.
 */
function become(old, fresh) {
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && !isTheReaders(name)) old.removeAttribute(name)
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value && !isTheReaders(name)) old.setAttribute(name, value)
  if (['INPUT', 'SELECT', 'TEXTAREA'].includes(old.tagName)) return
  const byId = new Map([...old.children].filter(({ id }) => id).map((child) => [child.id, child]))
  let place = old.firstChild
  for (const child of [...fresh.childNodes]) {
    const known = child.id ? byId.get(child.id) : undefined
    if (known && known !== place) old.insertBefore(known, place)
    const here = known ?? place
    if (
      here &&
      (known || !here.id || here.id === child.id) &&
      here.nodeType === child.nodeType &&
      here.nodeName === child.nodeName
    ) {
      if (here.nodeType === Node.ELEMENT_NODE) become(here, child)
      else if (here.nodeValue !== child.nodeValue) here.nodeValue = child.nodeValue
      place = here.nextSibling
    } else old.insertBefore(child, place)
  }
  while (place) {
    const next = place.nextSibling
    place.remove()
    place = next
  }
}

/** What the reader changed is not the server's to change. */
function isTheReaders(name) {
  return name === 'open' || name === 'checked' || name === 'value'
}

/** A second press of a button does nothing while the first is under way. */
function markAsBusy({ target, submitter }) {
  if (target.getAttribute('aria-busy') === 'true') return
  target.setAttribute('aria-busy', 'true')
  // After the form's data were collected: a disabled button is left out of them.
  if (submitter) setTimeout(() => submitter.setAttribute('aria-disabled', 'true'))
}

/** The box in the head of a list ticks all of its boxes. */
function tickAll({ target }) {
  if (!target.matches?.('[data-tick-all]')) return
  for (const box of document.querySelectorAll('input[type="checkbox"][name="on"]')) box.checked = target.checked
}

/** `/` goes to the search, as in the app. */
function goToSearch(event) {
  const search = document.querySelector('input[type="search"]')
  if (event.key !== '/' || !search || event.target.matches?.('input:not([type="checkbox"]), select, textarea')) return
  event.preventDefault()
  search.focus()
}
