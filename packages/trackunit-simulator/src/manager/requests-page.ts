import { html, type Markup } from './html.ts'
import { icon } from './icons.ts'

/** Every request and callback, to be opened. `requests.js` fills it in. */
export function requestsPage(): Markup {
  return html`<div class="own wide">
<div class="head"><h2>Requests</h2><p>What Trackunit received and answered, and the callbacks that it sent: the last 200. Secrets are masked.</p></div>
<div class="bar">
  <label class="find">${icon('find')}<input type="search" id="filter" placeholder="Account, operation, status, error …" aria-label="Filter requests" autocomplete="off"></label>
  <span class="select"><select id="kind" aria-label="Kind of request">
    <option value="">Everything</option>
    <option value="graphql">GraphQL</option>
    <option value="rest">REST</option>
    <option value="apptoken">Tokens</option>
    <option value="jwks">Keys</option>
    <option value="callback">Callbacks</option>
  </select>${icon('down')}</span>
  <label class="check"><input type="checkbox" id="only-problems"> Only problems</label>
  <span class="grow"></span>
  <button type="button" class="btn" id="clear">Clear</button>
</div>
<p class="help" id="shown" role="status"></p>
<ol class="log" id="log"></ol>
<p class="none" id="none" hidden>No request yet. Open the app, or start a run.</p>
</div>`
}
