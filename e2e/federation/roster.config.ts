import type { StandinApp } from '@standin/contracts'
import app from '../../standin.config.ts'

/** The same app under another name and with colours of its own, as another maker's would be. */
export default { ...app, name: 'Roster', accent: { light: '#7a1fa2', dark: '#d9a6ff' } } satisfies StandinApp
