import { signedInAs } from '../accounts.ts'
import type { AppManifest } from '../manifest.ts'
import { html, type Markup } from './html.ts'
import type { Viewer } from './page.ts'

/** A guess: the flags of a real frame are not documented. */
const usualSandbox = ['allow-scripts', 'allow-same-origin', 'allow-forms']

/** What the drawer removes from the frame, and the user's reading habits. */
export interface FrameChoices {
  isOpaque: boolean
  areDownloadsBlocked: boolean
  language: string | undefined
  units: 'METRIC' | 'IMPERIAL'
  /** Chosen in Manager's filter bar. */
  site: string | undefined
}

type FrameContent = { manifest: AppManifest; appUrl: string; viewer: Viewer; choices: FrameChoices }

/**
 * The app in its sandbox. `manager.js` connects to it and gives it the user's token; the address is set only then, so
 * that the app finds a listener.
 */
export function appFrame({ manifest, appUrl, viewer, choices }: FrameContent): Markup {
  const { account, role } = viewer
  const signedIn = signedInAs(account, role)
  const context = {
    user: {
      ...signedIn.user,
      language: choices.language ?? account.language,
      timeZone: account.timeZone,
      systemOfMeasurement: choices.units,
    },
    account: { id: account.id, name: account.name },
    filterBar: { sites: choices.site ? [choices.site] : [] },
    ...(choices.areDownloadsBlocked && { downloads: 'blocked' }),
  }
  const taken = new Set([
    ...(choices.isOpaque ? ['allow-same-origin'] : []),
    ...(choices.areDownloadsBlocked ? ['allow-downloads'] : []),
  ])
  const sandbox = [...new Set([...usualSandbox, ...manifest.sandbox])].filter((feature) => !taken.has(feature))
  return html`<iframe id="app" title="${manifest.name}" sandbox="${sandbox.join(' ')}" referrerpolicy="origin"
    data-src="${appUrl}" data-context="${JSON.stringify(context)}" data-role="${signedIn.role}"
    data-token-account="${signedIn.accountId}"></iframe>`
}
