import type { Fleet } from '../fleet/fleets.ts'
import type { FrameChoices } from './app-frame.ts'
import { html, type Markup, selected } from './html.ts'
import { icon } from './icons.ts'

export const languages = ['en-GB', 'en-US', 'da-DK', 'de-DE', 'sv-SE', 'fr-FR'] as const
const fleetSizes = [0, 1, 101, 250, 2964, 20_412, 100_000]

type DrawerContent = {
  fleetSize: number
  sites: Fleet['sites']
  choices: FrameChoices
  userTokenLifetimeS: number
  oddNames: boolean
}

/** The developer's controls for Trackunit next to the app. `manager.js` fills in their states. */
export function drawer({ fleetSize, sites, choices, userTokenLifetimeS, oddNames }: DrawerContent): Markup {
  const sizes = [...new Set([...fleetSizes, fleetSize])].sort((left, right) => left - right)
  return html`
<aside class="drawer" id="drawer" aria-label="Developer’s drawer">
  <header><h2>Developer’s drawer</h2><button class="btn icon quiet" type="button" id="close-drawer" aria-label="Close the drawer">${icon('close')}</button></header>

  <h3>Installation</h3>
  <p class="help" id="installation">Reading…</p>
  <div class="two">
    <button type="button" class="btn" data-do="install">Install</button>
    <button type="button" class="btn" data-do="reinstall">Re-install</button>
    <button type="button" class="btn stop" data-do="uninstall">Uninstall</button>
    <button type="button" class="btn" data-do="redeliver">Send again</button>
  </div>
  <label class="field" for="with">With</label>
  <span class="select"><select id="with">
    <option value="all">All permissions</option>
    <option value="required">Without optional permissions</option>
    <option value="plan">Plan without the optional permissions</option>
    <option value="unbound">Identity without the account, old access works on</option>
    <option value="late">Access that works after 20 seconds</option>
    <option value="dead">Access that never works</option>
    <option value="foreign">Access of another account</option>
    <option value="forged">Broken signature</option>
  </select>${icon('down')}</span>
  <p class="answer" id="answer" role="status"></p>

  <h3>Faults</h3>
  ${faultSwitch('down', 'Trackunit down', 'Every API answers 503')}
  ${faultSwitch('refuses', 'Sign-in refuses', 'invalid_client')}
  ${faultSwitch('busy', 'Too many requests', '429, Retry-After 600')}
  ${faultSwitch('breaks', 'Breaks half-way', 'GraphQL refuses; the others work twice, then refuse too')}
  ${faultSwitch('plan', 'Plan missing', 'GraphQL answers 404 with HTML')}
  ${faultSwitch('slow', 'Slow', '3 seconds for each answer')}
  ${hostSwitch('server-off', 'Our server off', 'The app’s connections are cut')}
  ${hostSwitch('signed-out', 'Signed out', 'Manager has no token for the app')}

  <h3>Time</h3>
  <p class="help"><time id="simulated-time">Reading…</time> <span id="time-moved"></span></p>
  <div class="four">
    <button type="button" class="btn" data-put="clock" data-body='{"addMs":3600000}'>+1 hour</button>
    <button type="button" class="btn" data-put="clock" data-body='{"addMs":86400000}'>+1 day</button>
    <button type="button" class="btn" data-put="clock" data-body='{"addMs":604800000}'>+1 week</button>
    <button type="button" class="btn" data-put="clock" data-body='{"now":null}'>Now</button>
  </div>

  <h3>Keys, tokens, limits</h3>
  <div class="two">
    <button type="button" class="btn" data-post="keys/rotate" data-said="The marketplace signs with a new key.">New signing key</button>
    <button type="button" class="btn" data-post="keys/rotate" data-body='{"withdrawOld":true}' data-said="The marketplace signs with a new key; the old ones are withdrawn.">Withdraw old keys</button>
    <button type="button" class="btn" data-post="tokens/revoke" data-said="Every access token so far is refused.">Revoke tokens</button>
    <button type="button" class="btn" data-post="limits/reset" data-said="All rate limits are reset.">Reset limits</button>
  </div>
  <p class="answer" id="done" role="status"></p>

  <h3>Fleet</h3>
  <div class="two">
    <button type="button" class="btn" id="silence">Three go silent</button>
    <button type="button" class="btn" id="unsilence">All report again</button>
  </div>
  <label class="switch"><span>Odd names<small>HTML, formulas, emoji, nothing at all</small></span><input type="checkbox" role="switch" id="odd-names"${checked(oddNames)}></label>
  <label class="field" for="fleet-size">Machines</label>
  <span class="select"><select id="fleet-size">
    ${sizes.map((size) => html`<option value="${size}"${selected(size === fleetSize)}>${size.toLocaleString('en-GB')}</option>`)}
  </select>${icon('down')}</span>

  <h3>Frame</h3>
  <label class="switch"><span>allow-same-origin</span><input type="checkbox" role="switch" id="same-origin"${checked(!choices.isOpaque)}></label>
  <label class="switch"><span>allow-downloads</span><input type="checkbox" role="switch" id="downloads"${checked(!choices.areDownloadsBlocked)}></label>
  <label class="switch"><span>User token lasts 30 s</span><input type="checkbox" role="switch" id="short-token"${checked(userTokenLifetimeS === 30)}></label>
  <label class="switch"><span>Imperial units</span><input type="checkbox" role="switch" id="imperial"${checked(choices.units === 'IMPERIAL')}></label>
  <label class="field" for="language">Language</label>
  <span class="select"><select id="language">
    <option value="">The account’s</option>
    ${languages.map((each) => html`<option value="${each}"${selected(each === choices.language)}>${each}</option>`)}
  </select>${icon('down')}</span>
  <label class="field" for="filter-bar">Manager’s filter bar</label>
  <span class="select"><select id="filter-bar">
    <option value="">Every site</option>
    ${sites.map(({ id, name }) => html`<option value="${id}"${selected(id === choices.site)}>${name}</option>`)}
  </select>${icon('down')}</span>

  <h3>What Trackunit saw</h3>
  <dl class="sums">
    <div><dd id="sum-callbacks">0</dd><dt>callbacks</dt></div>
    <div><dd id="sum-exchanges">0</dd><dt>exchanges</dt></div>
    <div><dd id="sum-calls">0</dd><dt>API calls</dt></div>
    <div><dd id="sum-violations">0</dd><dt>violations</dt></div>
  </dl>
  <div class="seen" tabindex="0" role="region" aria-label="Requests"><ol id="requests"></ol></div>
  <p class="help"><a href="/requests" id="all-requests">Open all requests</a></p>
  <h3>Rule violations</h3>
  <div class="seen" tabindex="0" role="region" aria-label="Rule violations"><ol id="violations"></ol></div>
</aside>`
}

function faultSwitch(id: string, title: string, effect: string): Markup {
  return html`<label class="switch"><span>${title}<small>${effect}</small></span><input type="checkbox" role="switch" data-fault="${id}"></label>`
}

/** Settings between Manager and its app, unknown to Trackunit and the app's server. */
function hostSwitch(id: string, title: string, effect: string): Markup {
  return html`<label class="switch"><span>${title}<small>${effect}</small></span><input type="checkbox" role="switch" id="${id}"></label>`
}

function checked(is: boolean): Markup {
  return is ? html` checked` : html``
}
