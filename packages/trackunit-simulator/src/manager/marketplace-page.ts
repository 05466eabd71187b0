import type { AppManifest } from '../manifest.ts'
import { html, type Markup } from './html.ts'
import type { Viewer } from './page.ts'

type MarketplaceContent = {
  manifest: AppManifest
  viewer: Viewer
  isInstalled: boolean
  grantedScopes: readonly string[]
}

/** The marketplace as an administrator of the account sees it, with this one app. `marketplace.js` applies the choices. */
export function marketplacePage({ manifest, viewer, isInstalled, grantedScopes }: MarketplaceContent): Markup {
  return html`<div class="own"><div class="head"><h2>Marketplace</h2><p>Apps for ${viewer.account.name}.</p></div>
<article class="offer" data-account="${viewer.account.id}">
  <header>
    <span class="logo" aria-hidden="true">${manifest.name.slice(0, 1).toUpperCase()}</span>
    <div><h3>${manifest.name}</h3><p>${manifest.irisAppId}</p></div>
    <span class="state ${isInstalled ? 'on' : ''}" id="state">${isInstalled ? 'Installed' : 'Not installed'}</span>
  </header>
  <form id="offer">
    <h4>Permissions</h4>
    <p class="help">The app asks for these. An optional one can be left out.</p>
    <ul class="scopes">${manifest.scopes.map(({ scope, optional }) => scopeChoice(scope, { optional, isGranted: !isInstalled || grantedScopes.includes(scope) }))}</ul>
    <div class="actions">
      <button type="submit" class="btn main">${isInstalled ? 'Install again' : 'Install'}</button>
      ${isInstalled ? html`<button type="button" class="btn stop" id="uninstall">Uninstall</button>` : html``}
    </div>
    <p class="answer" id="outcome" role="status"></p>
  </form>
</article></div>`
}

function scopeChoice(scope: string, { optional, isGranted }: { optional: boolean; isGranted: boolean }): Markup {
  const state = optional ? (isGranted ? html` checked` : html``) : html` checked disabled`
  return html`<li><label class="check"><input type="checkbox" name="scope" value="${scope}"${state}> <code>${scope}</code></label>
    <small>${optional ? 'Optional' : 'Required'}</small></li>`
}
