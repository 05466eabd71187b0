import type { StandinApp } from '@standin/contracts'

/** Who this app is. The server, the app's manifest and (through the manifest) the simulator read it; nothing else names the app. */
export default {
  id: '@standin/fleet-assistant',
  name: 'Standin',
  description: 'Checks your fleet in the background and reports what needs attention.',
  scopes: [
    { scope: 'asset.view', optional: false },
    { scope: 'account.view', optional: false },
    { scope: 'account.site.manage', optional: true },
    { scope: 'account.event.manage', optional: true },
    { scope: 'account.service-management.service-plan.assignment.view', optional: true },
  ],
  callbackUrl: 'https://standin.example.com/trackunit/callback',
} satisfies StandinApp
