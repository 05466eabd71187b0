import { type AccountProfile, knownAccounts, signedInAs, type ViewerRole } from '../accounts.ts'
import { html, type Markup, selected } from './html.ts'
import { type IconName, icon } from './icons.ts'

/** Who views which account, in the address, so that a reload keeps it. */
export type Viewer = { account: AccountProfile; role: ViewerRole }

export type ManagerPath = '/' | '/assets' | '/sites' | '/marketplace' | '/requests'

type PageContent = {
  title: string
  appName: string
  viewer: Viewer
  otherAccounts: readonly AccountProfile[]
  current: ManagerPath
  /** A module of the page's own, in `public/`. */
  script?: string | undefined
  main: Markup
  drawer: Markup
}

const roleNames: Record<ViewerRole, string> = {
  administrator: 'Administrator',
  reader: 'Read-only',
  stranger: 'other account',
}

/** Manager around an app or a page of its own: header, menu, content, developer's drawer. */
export function managerPage({
  title,
  appName,
  viewer,
  otherAccounts,
  current,
  main,
  drawer,
  script,
}: PageContent): string {
  const { account, role } = viewer
  const accounts = [...knownAccounts, ...otherAccounts]
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Manager (simulated)</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/manager/tokens.css">
<link rel="stylesheet" href="/manager/manager.css">
<script type="module" src="/manager/manager.js"></script>
${script === undefined ? html`` : html`<script type="module" src="/manager/${script}"></script>`}
</head>
<body>
<header class="top">
  <button class="plain burger" type="button" id="open-menu" aria-label="Menu" aria-expanded="false" aria-controls="menu">${icon('menu')}</button>
  <h1>Manager</h1><span class="tag">Simulated</span><span class="grow"></span>
  <span class="pick">${icon('building')}<select aria-label="Account" id="account">
    ${accounts.map(({ id, name }) => html`<option value="${id}"${selected(id === account.id)}>${name}</option>`)}
  </select>${icon('down')}</span>
  <span class="pick user">${icon('user')}<select aria-label="User" id="user">
    ${(['administrator', 'reader', 'stranger'] as const).map(
      (each) =>
        html`<option value="${each}"${selected(each === role)}>${signedInAs(account, each).user.name}, ${roleNames[each]}</option>`,
    )}
  </select>${icon('down')}</span>
  <button class="plain" type="button" id="toggle-drawer" aria-label="Developer’s drawer" aria-expanded="true" aria-controls="drawer">${icon('gear')}</button>
</header>
<nav class="menu" id="menu" aria-label="Manager">
  ${menuItem('/assets', { name: 'Fleet', icon: 'truck', viewer, current })}
  ${menuItem('/sites', { name: 'Sites', icon: 'pin', viewer, current })}
  <p>Apps</p>
  ${menuItem('/', { name: appName, icon: 'app', viewer, current })}
  ${menuItem('/marketplace', { name: 'Marketplace', icon: 'store', viewer, current })}
  <p>Developer</p>
  ${menuItem('/requests', { name: 'Requests', icon: 'list', viewer, current })}
</nav>
<main>${main}</main>
${drawer}
<div class="toasts" id="toasts" role="status"></div>
</body>
</html>`.markup
}

type MenuItem = { name: string; icon: IconName; viewer: Viewer; current: string }

function menuItem(path: string, { name, icon: iconName, viewer, current }: MenuItem): Markup {
  const isCurrent = path === current ? html` aria-current="page"` : html``
  return html`<a href="${addressOf(path, viewer)}" title="${name}"${isCurrent}>${icon(iconName)}<span>${name}</span></a>`
}

export function addressOf(path: string, { account, role }: Viewer): string {
  return `${path}?${new URLSearchParams({ account: account.id, user: role })}`
}
