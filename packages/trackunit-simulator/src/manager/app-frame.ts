import type { AppManifest } from '../manifest.ts'
import { html, type Markup } from './html.ts'
import type { Viewer } from './page.ts'

/** Our guess; which flags a real frame has is documented nowhere. */
const usualSandbox = ['allow-scripts', 'allow-same-origin', 'allow-forms']

type FrameContent = { manifest: AppManifest; appUrl: string; viewer: Viewer; isOpaque: boolean }

/**
 * The app in its sandbox. `manager.js` connects to it and hands it the user's token; the address is set only then, so
 * that the app finds somebody listening.
 */
export function appFrame({ manifest, appUrl, viewer, isOpaque }: FrameContent): Markup {
  const { account, role } = viewer
  const context = {
    user: {
      ...account.users[role],
      language: account.language,
      timeZone: account.timeZone,
      systemOfMeasurement: 'METRIC',
    },
    account: { id: account.id, name: account.name },
  }
  const sandbox = [...new Set([...usualSandbox, ...manifest.sandbox])].filter(
    (feature) => !isOpaque || feature !== 'allow-same-origin',
  )
  return html`<iframe id="app" title="${manifest.name}" sandbox="${sandbox.join(' ')}" referrerpolicy="origin"
    data-src="${appUrl}" data-context="${JSON.stringify(context)}" data-role="${role}"></iframe>`
}
