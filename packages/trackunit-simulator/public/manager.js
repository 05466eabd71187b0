import { answerSentence, byId, control, element, timeOf } from './control.js'
import { connect, WindowMessenger } from './penpal.js'

const accountSelect = byId('account')
const userSelect = byId('user')
const frame = byId('app')
const seeEveryMs = 2000

function goTo(path, changes = {}) {
  const kept = new URLSearchParams(location.search)
  const target = new URL(path, location.origin)
  const wanted = { ...Object.fromEntries(kept), account: accountSelect.value, user: userSelect.value, ...changes }
  for (const [name, value] of Object.entries(wanted)) {
    if (value) target.searchParams.set(name, value)
  }
  location.assign(target)
}

accountSelect.addEventListener('change', () => goTo(location.pathname))
userSelect.addEventListener('change', () => goTo(location.pathname))

// The app in its frame: what Manager offers it.
if (frame) {
  const context = JSON.parse(frame.dataset.context)
  const { tokenAccount: accountId, role } = frame.dataset
  const newToken = async () => (await control('POST', 'user-token', { accountId, role })).token
  // Like the real one, it has its user's token before the app asks.
  let inHand = newToken()
  inHand.catch(() => {}) // The app that asks is told.
  const isOpaque = !frame.sandbox.contains('allow-same-origin')

  const connection = connect({
    messenger: new WindowMessenger({
      remoteWindow: frame.contentWindow,
      // A frame without allow-same-origin has the origin "null", which cannot be named as a target. The messenger still
      // takes only what this very frame sends, and the page's frame-src keeps the frame at the app's origin.
      allowedOrigins: isOpaque ? ['*'] : [new URL(frame.dataset.src).origin],
    }),
    methods: {
      async getToken() {
        if (byId('signed-out').checked) throw new Error('Nobody is signed in.')
        const token = await inHand.catch(newToken)
        inHand = newToken()
        inHand.catch(() => {})
        return isGood(token) ? token : newToken()
      },
      getContext() {
        return { ...context, theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light' }
      },
      navigateInHost(path) {
        if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path))
          throw new Error('A path of Manager starts with "/".')
        goTo(path)
      },
      toast: showToast,
    },
  })
  // A frame that was loaded again in the meantime no longer waits for the answer, and penpal has no port for it.
  addEventListener('unhandledrejection', (event) => {
    if (event.reason?.code === 'TRANSMISSION_FAILED') event.preventDefault()
  })
  // A guess: it is not documented whether Manager passes the fragment of its address on. Links in emails have one.
  frame.src = frame.dataset.src + location.hash
  byId('server-off').addEventListener('change', async ({ target }) => {
    const app = await connection.promise
    await app.cutConnections(target.checked)
  })
}

/** Whether a token lives for another minute; one that cannot be read is the app's to judge. */
function isGood(token) {
  try {
    const claims = JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')))
    return claims.exp * 1000 > Date.now() + 60_000
  } catch {
    return true
  }
}

function showToast({ title, kind }) {
  const toast = document.createElement('p')
  toast.textContent = String(title)
  if (['success', 'error', 'warning'].includes(kind)) toast.classList.add(kind)
  byId('toasts').append(toast)
  setTimeout(() => toast.remove(), 6000)
}

// The drawer and, on a phone, the menu.
const drawerButton = byId('toggle-drawer')
const menuButton = byId('open-menu')
const isNarrow = matchMedia('(max-width: 60rem)')

function showDrawer(isShown) {
  document.body.classList.toggle('no-drawer', !isShown)
  drawerButton.setAttribute('aria-expanded', String(isShown))
  sessionStorage.setItem('drawer', isShown ? 'shown' : 'hidden')
  if (isShown) void refresh()
}

function showMenu(isShown) {
  document.body.classList.toggle('with-menu', isShown)
  menuButton.setAttribute('aria-expanded', String(isShown))
}

const isDrawerShown = () => !document.body.classList.contains('no-drawer')

drawerButton.addEventListener('click', () => showDrawer(!isDrawerShown()))
byId('close-drawer').addEventListener('click', () => {
  showDrawer(false)
  drawerButton.focus()
})
menuButton.addEventListener('click', () => showMenu(!document.body.classList.contains('with-menu')))
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  showMenu(false)
  if (isNarrow.matches && isDrawerShown()) byId('close-drawer').click()
})

byId('all-requests').addEventListener('click', (event) => {
  event.preventDefault()
  goTo('/requests')
})

// Installation.
const installWith = {
  all: async () => ({}),
  required: async () => ({ grantedScopes: (await control('GET', 'manifest')).requiredScopes }),
  plan: async () => {
    const { scopes, requiredScopes } = await control('GET', 'manifest')
    const optional = scopes.map(({ scope }) => scope).filter((scope) => !requiredScopes.includes(scope))
    return { scopesOutsidePlan: optional }
  },
  foreign: async () => {
    const { accounts } = await control('GET', 'accounts')
    const other = accounts.find(({ accountId, clientId }) => accountId !== accountSelect.value && clientId)
    if (!other) throw new Error('No other account has installed the app yet.')
    return { clientId: other.clientId }
  },
  forged: async () => ({ identity: { signWith: 'unpublished' } }),
  unbound: async () => ({ keepOldClient: true, identity: { claims: { accountId: null } } }),
  late: async () => ({ worksAfterMs: 20_000 }),
  dead: async () => ({ clientExists: false }),
}

for (const button of document.querySelectorAll('[data-do]')) {
  button.addEventListener('click', async () => {
    const what = button.dataset.do
    button.setAttribute('aria-busy', 'true')
    try {
      const chosen = await chosenFor(what)
      const { delivered } = await control('POST', what, { accountId: accountSelect.value, ...chosen })
      byId('answer').textContent = answerSentence(delivered)
    } catch (error) {
      byId('answer').textContent = error.message
    }
    button.removeAttribute('aria-busy')
    void refresh()
  })
}

/** An uninstall knows nothing of permissions or access, only of what its identity says. */
async function chosenFor(what) {
  const { value } = byId('with')
  const fitsUninstall = ['unbound', 'forged'].includes(value)
  return what === 'install' || what === 'reinstall' || (what === 'uninstall' && fitsUninstall)
    ? installWith[value]()
    : {}
}

// Faults: each switch is some faults, the control API knows only all of them together.
const everywhere = ['jwks', 'apptoken', 'graphql', 'rest', 'userTokensJwks']
const switches = {
  slow: { faults: onAll(everywhere, { delayMs: 3000 }), isOn: (faults) => faults.jwks?.delayMs !== undefined },
  down: { faults: onAll(everywhere, { status: 503 }), isOn: (faults) => faults.jwks?.status === 503 },
  busy: {
    faults: onAll(['graphql', 'rest'], { status: 429, retryAfterS: 600 }),
    isOn: (faults) => faults.rest?.retryAfterS !== undefined,
  },
  breaks: {
    faults: { graphql: { status: 400 }, rest: { status: 400, after: 2 } },
    isOn: (faults) => faults.rest?.after !== undefined,
  },
  plan: { faults: { graphql: { status: 404 } }, isOn: (faults) => faults.graphql?.status === 404 },
  refuses: { faults: { apptoken: { status: 401 } }, isOn: (faults) => faults.apptoken?.status === 401 },
}
const faultInputs = [...document.querySelectorAll('[data-fault]')]

function onAll(endpoints, fault) {
  return Object.fromEntries(endpoints.map((endpoint) => [endpoint, fault]))
}

for (const input of faultInputs) {
  input.addEventListener('change', async () => {
    const all = {}
    const on = faultInputs.filter(({ checked }) => checked).map((each) => each.dataset.fault)
    for (const [name, { faults }] of Object.entries(switches)) {
      if (!on.includes(name)) continue
      for (const [endpoint, fault] of Object.entries(faults)) all[endpoint] = { ...all[endpoint], ...fault }
    }
    showFaults(await control('PUT', 'faults', all))
  })
}

function showFaults(faults) {
  for (const input of faultInputs) input.checked = switches[input.dataset.fault].isOn(faults)
}

// Frame and fleet.
byId('same-origin').addEventListener('change', ({ target }) => {
  goTo(location.pathname, { frame: target.checked ? '' : 'opaque' })
})
byId('downloads').addEventListener('change', ({ target }) => {
  goTo(location.pathname, { downloads: target.checked ? '' : 'blocked' })
})
byId('imperial').addEventListener('change', ({ target }) => {
  goTo(location.pathname, { units: target.checked ? 'IMPERIAL' : '' })
})
byId('language').addEventListener('change', ({ target }) => goTo(location.pathname, { language: target.value }))
byId('filter-bar').addEventListener('change', ({ target }) => goTo(location.pathname, { site: target.value }))
byId('short-token').addEventListener('change', ({ target }) =>
  control('PUT', 'settings', { userTokenLifetimeS: target.checked ? 30 : 300 }),
)
byId('fleet-size').addEventListener('change', ({ target }) =>
  control('PUT', 'settings', { fleetSize: Number(target.value) }),
)

byId('odd-names').addEventListener('change', ({ target }) => control('PUT', 'settings', { oddNames: target.checked }))

// Time, keys, tokens, limits, silent machines.
async function doAndSay(button, work) {
  button.setAttribute('aria-busy', 'true')
  try {
    byId('done').textContent = await work()
  } catch (error) {
    byId('done').textContent = error.message
  }
  button.removeAttribute('aria-busy')
  void refresh()
}
for (const button of document.querySelectorAll('[data-post], [data-put]')) {
  const { post, put, body, said = '' } = button.dataset
  button.addEventListener('click', () =>
    doAndSay(button, async () => {
      await control(
        post ? 'POST' : 'PUT',
        post ?? put,
        body ? JSON.parse(body) : post === 'keys/rotate' ? {} : undefined,
      )
      return said
    }),
  )
}
byId('silence').addEventListener('click', ({ target }) =>
  doAndSay(target, async () => {
    const { machines } = await control('POST', 'machines/silence', { accountId: accountSelect.value })
    if (machines.length === 0) return 'No machine is left that reports.'
    return `Silent for three days: ${machines.map(({ name }) => name).join(', ')}.`
  }),
)
byId('unsilence').addEventListener('click', ({ target }) =>
  doAndSay(target, async () => {
    await control('DELETE', 'machines/silence')
    return 'All machines report again.'
  }),
)

function showTime({ now, offsetMs }) {
  const time = byId('simulated-time')
  time.dateTime = now
  time.textContent = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(now))
  const hours = Math.round(Math.abs(offsetMs) / 3_600_000)
  const distance = hours >= 24 && hours % 24 === 0 ? [hours / 24, 'day'] : [hours, 'hour']
  const moved = `${distance[0]} ${distance[1]}${distance[0] === 1 ? '' : 's'} ${offsetMs > 0 ? 'ahead' : 'behind'}`
  byId('time-moved').textContent = offsetMs === 0 ? '' : `· ${moved}`
}

// What Trackunit saw.

async function refresh() {
  if (!isDrawerShown() || document.hidden) return
  try {
    const [requests, { accounts }, faults, time] = await Promise.all([
      control('GET', 'requests'),
      control('GET', 'accounts'),
      control('GET', 'faults'),
      control('GET', 'clock'),
    ])
    showTime(time)
    showRequests(requests)
    showFaults(faults)
    const account = accounts.find(({ accountId }) => accountId === accountSelect.value)
    byId('installation').textContent = installationSentence(account)
  } catch {
    byId('installation').textContent = 'The simulator does not answer.'
  }
}

function installationSentence(account) {
  if (!account?.isInstalled) return 'Not installed in this account.'
  if (account.clientId === null) return 'Installed, with no client of its own.'
  return `Installed. Client ${account.clientId}, allowed: ${account.grantedScopes.join(', ')}.`
}

function showRequests({ counts, violationCount, violations, recent }) {
  const sum = (isMeant) =>
    Object.entries(counts).reduce((total, [name, count]) => (isMeant(name) ? total + count : total), 0)
  byId('sum-callbacks').textContent = sum((name) => name === 'POST callback')
  byId('sum-exchanges').textContent = sum((name) => name === 'POST /apptoken')
  byId('sum-calls').textContent = sum((name) => /^\w+ \/(public\/)?api\//.test(name) && !name.endsWith('/jwks'))
  byId('sum-violations').textContent = violationCount
  list('requests', recent.slice(0, 50), ({ at, what, status }) => [at, what, status || 'no answer'])
  list('violations', violations.slice(-20).reverse(), ({ at, rule, endpoint, detail }) => [
    at,
    `${rule}: ${detail} (${endpoint})`,
    '',
  ])
}

function list(id, items, columnsOf) {
  const rows = items.map((item) => {
    const [at, what, end] = columnsOf(item)
    const row = document.createElement('li')
    const time = document.createElement('time')
    time.dateTime = at
    time.textContent = timeOf(at)
    row.append(time, element('span', what), element('span', end))
    return row
  })
  byId(id).replaceChildren(...(rows.length > 0 ? rows : [emptyRow()]))
}

function emptyRow() {
  const row = document.createElement('li')
  row.className = 'empty'
  row.textContent = 'None'
  return row
}

showDrawer(sessionStorage.getItem('drawer') ? sessionStorage.getItem('drawer') === 'shown' : !isNarrow.matches)
setInterval(refresh, seeEveryMs)
