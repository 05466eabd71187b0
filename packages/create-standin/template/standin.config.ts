import type { StandinApp } from 'standin'

/** Who this app is. The server, the manifest and the pages read it; nothing else names the app. */
export default {
  id: '@acme/roster',
  name: 'Roster',
  description: 'Lists the machines that have not reported for a while.',
  scopes: [{ scope: 'asset.view', optional: false }],
  callbackUrl: 'https://roster.example.com/trackunit/callback',
} satisfies StandinApp
