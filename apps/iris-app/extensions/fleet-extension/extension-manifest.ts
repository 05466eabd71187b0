import type { FleetExtensionManifest } from '@trackunit/iris-app-api'
import app from '../../../../standin.config.ts'

/** Where the app appears in Manager: as an entry of the side menu. */
export default {
  id: 'standin-fleet-extension',
  type: 'FLEET_EXTENSION',
  sourceRoot: 'extensions/fleet-extension/src',
  menuItem: { name: app.name, icon: 'ClockIcon' },
} satisfies FleetExtensionManifest
