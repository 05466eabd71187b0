import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createSimulator } from '../create-simulator.ts'
import { manifest, nordvang, startSimulator } from '../test/started-simulator.ts'

test('embeds the app of the manifest in a sandbox, and only that', async () => {
  await using simulator = await startSimulator({ appUrl: 'http://localhost:4200/app' })

  const answer = await simulator.send('GET', '/')
  const page = await answer.text()

  expect(page).toContain('sandbox="allow-scripts allow-same-origin allow-forms allow-downloads"')
  expect(page).toContain('data-src="http://localhost:4200/app"')
  const policy = answer.headers.get('content-security-policy')
  expect(policy).toContain('frame-src http://localhost:4200;')
  expect(policy).not.toContain('unsafe')
  expect(page).not.toMatch(/<script>|<style|style="/)
})

test('takes allow-same-origin away when asked, and writes names from outside as text', async () => {
  await using simulator = await startSimulator()

  const page = await (await simulator.send('GET', '/?frame=opaque&account=%3Cb%3E&user=nobody')).text()

  expect(page).toContain('sandbox="allow-scripts allow-forms allow-downloads"')
  expect(page).toContain('Night &#60;shift&#62;')
  expect(page).not.toContain('<b>')
})

test('holds downloads back, speaks another language and counts in miles when asked', async () => {
  await using simulator = await startSimulator()

  const page = await (await simulator.send('GET', '/?downloads=blocked&language=da-DK&units=IMPERIAL')).text()

  expect(page).toContain('sandbox="allow-scripts allow-same-origin allow-forms"')
  expect(page).toContain('da-DK')
  expect(page).toContain('IMPERIAL')
})

test('hands the app what is chosen in its filter bar', async () => {
  await using simulator = await startSimulator()
  const plain = await (await simulator.send('GET', '/')).text()
  const [, site = ''] = plain.match(/<select id="filter-bar">[\s\S]*?<option value="([^"]+)"/) ?? []

  const page = await (await simulator.send('GET', `/?site=${site}`)).text()

  expect(plain).toContain('filterBar&#34;:{&#34;sites&#34;:[]')
  expect(page).toContain(`filterBar&#34;:{&#34;sites&#34;:[&#34;${site}&#34;]`)
})

test('a stranger looks at this account with the token of another', async () => {
  await using simulator = await startSimulator()

  const page = await (await simulator.send('GET', '/?user=stranger')).text()

  expect(page).toContain('data-token-account="c2a4e3d7-9b1f-4a57-8d3e-7f21b6c0a9e4"')
  expect(page).toContain('Sofia Lindqvist, other account')
})

test('keeps account and user of the address', async () => {
  await using simulator = await startSimulator()

  const page = await (await simulator.send('GET', '/?account=c2a4e3d7-9b1f-4a57-8d3e-7f21b6c0a9e4&user=reader')).text()

  expect(page).toContain('data-role="reader"')
  expect(page).toContain('Nils Berg')
  expect(page).not.toContain('Mette Kjær, Administrator')
})

test('shows the page of a machine that the app links to', async () => {
  await using simulator = await startSimulator({ fleetSize: 3 })
  const token = await simulator.tokenFor(nordvang)
  const list = await simulator.send('GET', '/api/asset/v2/assets', { headers: { authorization: `Bearer ${token}` } })
  const { content } = (await list.json()) as { content: { id: string; serialNumber: string }[] }

  const page = await (await simulator.send('GET', `/assets/${content[2]?.id}`)).text()

  expect(page).toContain(content[2]?.serialNumber)
  expect(await (await simulator.send('GET', '/assets/unknown')).text()).toContain('Not here')
})

test.each(['manager.js', 'control.js', 'marketplace.js', 'requests.js', 'manager.css', 'tokens.css', 'penpal.js'])(
  'serves %s',
  async (name) => {
    await using simulator = await startSimulator()

    const answer = await simulator.send('GET', `/manager/${name}`)

    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/text\/(javascript|css)/)
  },
)

test('does not start with an app of its own origin, which no sandbox would hold', async () => {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const appUrl = `http://127.0.0.1:${port}/app`

  const simulator = await createSimulator({ port, appUrl, fleetSize: 1, seed: 'a', manifest })

  await expect(simulator.listen()).rejects.toThrow(/another origin/)
})
