// Another program, like a service of the maker's: it knows only an address and a key.
import { createHash } from 'node:crypto'
import { createStandinClient } from '@standin/client'

const [url = '', accountId = '', apiUrl = ''] = process.argv.slice(2)
const client = createStandinClient({ url, serviceKey: process.env.STANDIN_SERVICE_KEY ?? '' })

const { accessToken, scopes, expiresAt } = await client.token(accountId)

const answer = await fetch(`${apiUrl}/api/graphql/`, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/json',
    'user-agent': 'DemoConsumer/1.0 (@organization/appname)',
  },
  body: JSON.stringify({ query: '{ assets(first: 1) { edges { node { name } } } }' }),
})
const { data } = (await answer.json()) as { data?: { assets: { edges: Array<{ node: { name: string } }> } } }

// The fingerprint identifies the token without revealing it.
const fingerprint = createHash('sha256').update(accessToken).digest('base64url')
process.stdout.write(JSON.stringify({ fingerprint, scopes, expiresAt, firstMachine: data?.assets.edges[0]?.node.name }))
