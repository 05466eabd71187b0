import { execFileSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parser } from '@prometheus-io/lezer-promql'
import { expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { readConfig } from '../../packages/standin/src/config/config.ts'
import { environmentSchema } from '../../packages/standin/src/config/environment-schema.ts'
import { maxBodyBytes } from '../../packages/standin/src/http/fast-path/fast-server.ts'
import { registerHealthRoutes } from '../../packages/standin/src/http/health-route.ts'
import { createHttpServer } from '../../packages/standin/src/http/http-server.ts'
import { createMetrics } from '../../packages/standin/src/observability/metrics.ts'
import { createHttpStack } from '../../packages/standin/test/http-stack.ts'
import app from '../../standin.config.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const yamlOf = (path: string) => parse(read(path), { merge: true })

test.each(globSync('deploy/*.yaml', { cwd: root }))('%s is YAML', (path) => {
  const documents = [parseAllDocuments(read(path), { merge: true })].flat()
  expect(documents.length).toBeGreaterThan(0)
  for (const { errors, warnings } of documents) expect([...errors, ...warnings]).toEqual([])
})

// The server's settings, as each example gives them. -----------------------------------------------------------------

/** What an operator fills in. */
const secrets: Record<string, string> = {
  PUBLIC_HOST: 'callbacks.example.com',
  PUBLIC_URL: 'https://callbacks.example.com',
  POSTGRES_PASSWORD: 'pw',
  DATABASE_URL: 'postgres://standin:pw@postgres:5432/standin',
  STANDIN_ENCRYPTION_KEYS: `e:${Buffer.alloc(32, 'ab').toString('base64url')}`,
  STANDIN_LINK_KEYS: `l:${Buffer.alloc(32, 'cd').toString('base64url')}`,
  STANDIN_AUDIT_KEYS: `a:${Buffer.alloc(32, 'ef').toString('base64url')}`,
  CALLBACK_PATH_SECRET: 'Q7xkP2mN9vRt5wYz',
}
const filledIn = (name: string) => secrets[name] ?? `nothing for ${name}`

const compose = yamlOf('deploy/compose.yaml')
const composed: Array<[string, Record<string, string>]> = ['standin-1', 'standin-2'].map((replica) => {
  const given: Array<[string, string]> = Object.entries(compose.services[replica].environment)
  const settings = given.map(([name, value]) => [name, value.replace(/\$\{(\w+):\?\}/g, (_, key) => filledIn(key))])
  return [`deploy/compose.yaml, ${replica}`, Object.fromEntries(settings)]
})

const unit = read('deploy/standin.service')
const unitSettings = [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => {
  const secret = name.replace(/_FILE$/, '')
  return secret === name ? [name, value] : [secret, filledIn(secret)]
})

const kubernetes = parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => document.toJS())
const pod = kubernetes.find(({ kind }) => kind === 'StatefulSet').spec.template.spec
const [container] = pod.containers
interface Variable {
  name: string
  value?: string
  valueFrom?: { secretKeyRef: { key: string } }
}
const podSettings = container.env.map(({ name, value, valueFrom }: Variable) => [
  name,
  value ?? filledIn(valueFrom?.secretKeyRef.key ?? ''),
])

const settingsOf: Array<[string, Record<string, string>]> = [
  ...composed,
  ['deploy/standin.service', { ...Object.fromEntries(unitSettings), PUBLIC_URL: filledIn('PUBLIC_URL') }],
  ['deploy/kubernetes.yaml', Object.fromEntries(podSettings)],
]
const configOf = (place: string) => readConfig(app, Object.fromEntries(settingsOf)[place] ?? {})

test.each(settingsOf)('a production server starts with the settings of %s', (_place, settings) => {
  expect(Object.keys(settings).filter((name) => !(name in environmentSchema.shape))).toEqual([])
  expect(readConfig(app, settings)).toMatchObject({ production: true, http: { publicUrl: secrets.PUBLIC_URL } })
  expect(settings).toHaveProperty('TRUST_PROXY')
})

test('what compose.yaml asks its operator for stands at its top, and what it mounts is there', () => {
  const text = read('deploy/compose.yaml')
  const asked = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
  expect(new Set([...text.matchAll(/^# {3}([A-Z_]+)\b/gm)].map(([, name]) => name))).toEqual(asked)
  const mounted = [...text.matchAll(/- \.\/([\w.-]+):/g)].map(([, file = '']) => file)
  expect(mounted.filter((file) => !existsSync(join(root, 'deploy', file)))).toEqual([])
  expect(mounted).toContain('alerts.yaml')
})

test('every image is pinned: by its digest or its exact version', () => {
  const images = Object.values<{ image: string; build?: object }>(compose.services).filter(({ build }) => !build)
  for (const { image } of images) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(@sha256:[\da-f]{64})?$/)
})

// Ports, probes and the drain. ---------------------------------------------------------------------------------------

const probes = (() => {
  const paths: string[] = []
  const server = { get: (path: string) => void paths.push(path) }
  registerHealthRoutes(server as never, { config: readConfig(app, {}), watch: {} as never }, { isWorking: () => true })
  return paths
})()

test('ports and probes are the server’s', () => {
  const { http, metrics } = configOf('deploy/compose.yaml, standin-1')
  expect(read('apps/server/Dockerfile')).toMatch(new RegExp(`^EXPOSE ${http.port} ${metrics.port}$`, 'm'))
  expect(compose.services.caddy.environment.UPSTREAMS).toBe(`standin-1:${http.port} standin-2:${http.port}`)
  expect(yamlOf('deploy/prometheus.yaml').scrape_configs[0].static_configs[0].targets).toEqual([
    `standin-1:${metrics.port}`,
    `standin-2:${metrics.port}`,
  ])
  expect(metrics.host).toBe('0.0.0.0')
  expect(http.host).toBe('0.0.0.0')
  expect(compose.services['standin-1'].healthcheck.test.join(' ')).toContain(`127.0.0.1:${http.port}/health/live'`)

  const inPod = configOf('deploy/kubernetes.yaml')
  expect(container.ports).toEqual([
    { name: 'http', containerPort: inPod.http.port },
    { name: 'metrics', containerPort: inPod.metrics.port },
  ])
  expect(inPod.metrics.host).toBe('0.0.0.0')
  expect(probes).toContain('/health/live')
  expect(probes).toContain('/health/ready')
  for (const kind of ['startupProbe', 'livenessProbe'])
    expect(container[kind].httpGet).toEqual({ path: '/health/live', port: 'http' })
  expect(container.readinessProbe.httpGet).toEqual({ path: '/health/ready', port: 'http' })
  expect(read('deploy/Caddyfile')).toMatch(/^\s*health_uri \/health\/ready$/m)
})

test('each proxy replaces what a caller says about its address, and the server counts that proxy', () => {
  const { http } = configOf('deploy/standin.service')
  const nginx = read('deploy/nginx.conf')
  expect(nginx).toMatch(/proxy_set_header X-Forwarded-For \$remote_addr;/)
  expect(nginx.match(/(?<=^ *server .*:)\d+(?= )/gm)).toEqual(Array(4).fill(`${http.port}`))
  expect(read('deploy/Caddyfile')).not.toContain('trusted_proxies')
  for (const file of ['deploy/nginx.conf', 'deploy/Caddyfile']) expect(read(file)).toContain('TRUST_PROXY=1')
  expect(configOf('deploy/compose.yaml, standin-1').http.proxySetting).toBe('1')
  expect(http).toMatchObject({ host: '127.0.0.1', proxySetting: 'loopback' })
})

test('each proxy sends a callback or a request for a token again, and no other POST', () => {
  const again = [...read('deploy/nginx.conf').matchAll(/location (?:= )?(\S+) \{([^}]*)\}/g)]
    .filter(([, , settings]) => settings?.includes('non_idempotent'))
    .map(([, path]) => path)
  expect(again).toEqual(['/trackunit/', '/v1/token'])
  const caddy = read('deploy/Caddyfile')
  const retried = [...caddy.matchAll(/lb_retry_match \{\s*(.*?)\s*\}/g)].map(([, matcher]) => matcher)
  expect(retried).toEqual(['method GET', 'path /trackunit/* /v1/token'])
  const [, keptKiB] = /request_buffers (\d+)KiB/.exec(caddy) ?? []
  expect(Number(keptKiB) * 1024).toBeGreaterThan(maxBodyBytes) // Only a body that Caddy has whole.
  expect(compose.services.caddy.image).toMatch(/^caddy:2\.(1[1-9]|[2-9]\d)\./)
})

test('each proxy compresses JSON, and nothing else: a stream of events would wait in it', () => {
  expect(read('deploy/nginx.conf').match(/gzip_types .*/g)).toEqual(['gzip_types application/json;'])
  const encoded = /encode \{.*?match \{(.*?)\}/s.exec(read('deploy/Caddyfile'))
  expect(encoded?.[1]?.trim()).toBe('header Content-Type application/json*')
})

test('a server that stops is taken out before it takes no more connections, and gets the time it needs', () => {
  const closesWithinS =
    Number(/closesWithinMs = ([\d_]+)/.exec(read('packages/standin/src/create-standin.ts'))?.[1]?.replace('_', '')) /
    1000
  const drainS = (place: string) => configOf(place).http.drainDelayMs / 1_000
  const stops: Array<[string, number]> = [
    ['deploy/compose.yaml, standin-1', Number.parseInt(compose.services['standin-1'].stop_grace_period, 10)],
    ['deploy/standin.service', Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])],
    ['deploy/kubernetes.yaml', pod.terminationGracePeriodSeconds],
  ]
  for (const [place, seconds] of stops) expect(seconds, place).toBeGreaterThan(drainS(place) + closesWithinS)

  const { periodSeconds, failureThreshold, timeoutSeconds } = container.readinessProbe
  expect(drainS('deploy/kubernetes.yaml')).toBeGreaterThan(periodSeconds * failureThreshold + timeoutSeconds)
  // nginx passes a replica over for as long, also one that has just been started again.
  const [, passedOverS] = /fail_timeout=(\d+)s/.exec(read('deploy/nginx.conf')) ?? []
  expect(drainS('deploy/standin.service')).toBeGreaterThan(Number(passedOverS))
  const caddy = read('deploy/Caddyfile')
  const [every, within] = ['health_interval', 'health_timeout'].map((name) =>
    Number(new RegExp(`${name} (\\d+)s`).exec(caddy)?.[1]),
  )
  expect(drainS('deploy/compose.yaml, standin-1')).toBeGreaterThan((every ?? Number.NaN) + (within ?? Number.NaN))
})

test('the systemd unit and the image start the server in the same way', () => {
  const [, words = ''] = /^CMD (.*)$/m.exec(read('apps/server/Dockerfile')) ?? []
  expect(unit).toContain(`ExecStart=/usr/bin/${JSON.parse(words).join(' ')}\n`)
  const loaded = [...unit.matchAll(/^LoadCredential=([\w-]+):/gm)].map(([, name]) => name)
  expect([...unit.matchAll(/_FILE=%d\/([\w-]+)$/gm)].map(([, name]) => name)).toEqual(loaded)
})

test('systemd starts a server again however often its database is away at the start', () => {
  expect(unit).toMatch(/^StartLimitIntervalSec=0$/m)
  expect(unit).toMatch(/^Restart=always$/m)
})

test('a command gets the settings of the systemd unit, its file and its secrets, and no shell reads them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'standin-unit-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const moved = unit.replaceAll('/etc/standin', `${folder}/etc`).replaceAll('/opt/standin', folder)
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'etc'))
  writeFileSync(join(folder, 'unit'), moved)
  writeFileSync(
    join(folder, 'etc/standin.env'),
    '# A comment\n\nPUBLIC_URL=https://callbacks.example.com\nMAIL_FROM="Fleet $HOME <fleet@example.com>"\nSMTP_URL=smtp://a:`b`@c\n',
  )
  writeFileSync(join(folder, 'bin/standin'), '#!/bin/sh\npwd\necho "$@"\nenv\n', { mode: 0o755 })
  const command = join(root, 'deploy/standin-command.sh')
  const out = execFileSync(command, ['keys', 'list'], { env: { PATH: process.env.PATH, UNIT: join(folder, 'unit') } })
  const [place, words, ...lines] = out.toString().split('\n')
  expect(place).toBe(realpathSync(folder))
  expect(words).toBe('keys list')
  const names = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name)
  expect(lines.map((line) => line.split('=', 1)[0])).toEqual(expect.arrayContaining(names))
  expect(lines).toEqual(
    expect.arrayContaining([
      'NODE_ENV=production',
      `DATABASE_URL_FILE=${folder}/etc/database-url`,
      `CALLBACK_PATH_SECRET_FILE=${folder}/etc/callback-path-secret`,
      'PUBLIC_URL=https://callbacks.example.com',
      'MAIL_FROM=Fleet $HOME <fleet@example.com>',
      'SMTP_URL=smtp://a:`b`@c',
    ]),
  )
})

test('no proxy keeps an idle connection as long as the server does: a POST that meets its end is not sent again', async () => {
  const { ctx } = createHttpStack()
  const server = await createHttpServer(ctx)
  onTestFinished(() => server.close())
  const serverS = server.server.keepAliveTimeout / 1_000
  expect(serverS).toBeGreaterThan(60) // What balancers use unless told otherwise.
  const kept = { nginx: /^ *keepalive_timeout (\d+)s;$/gm, Caddyfile: /^\s*keepalive (\d+)s$/m }
  const ofNginx = [...read('deploy/nginx.conf').matchAll(kept.nginx)].map(([, seconds]) => Number(seconds))
  expect(ofNginx.length).toBe(2)
  for (const seconds of ofNginx) expect(seconds).toBeLessThan(serverS)
  expect(Number(kept.Caddyfile.exec(read('deploy/Caddyfile'))?.[1])).toBeLessThan(serverS)
})

test('nginx speaks HTTP/2: each stream of the app would take one of the six connections of a browser', () => {
  expect(read('deploy/nginx.conf')).toMatch(/^ *listen 443 ssl http2;$/m)
})

test('no log fills the disk of a machine with Docker', () => {
  for (const [name, { logging }] of Object.entries<{ logging?: object }>(compose.services))
    expect({ name, logging }).toEqual({ name, logging: { options: { 'max-size': '50m', 'max-file': '5' } } })
})

test('the spool is on a volume of its own, which the image lets its user write', () => {
  const { database } = configOf('deploy/compose.yaml, standin-1')
  expect(read('apps/server/Dockerfile')).toMatch(
    new RegExp(`^RUN install .*--owner=node .*${database.embeddedDir}$`, 'm'),
  )
  const mounts = ['standin-1', 'standin-2'].map((replica) => compose.services[replica].volumes[0])
  expect(mounts).toEqual([`spool-1:${database.embeddedDir}`, `spool-2:${database.embeddedDir}`])
  expect(container.volumeMounts).toContainEqual({ name: 'spool', mountPath: database.embeddedDir })
})

test('Kubernetes adds no STANDIN_* variables of its own: the server would refuse to start', () => {
  expect(kubernetes.some(({ kind, metadata }) => kind === 'Service' && metadata.name.startsWith('standin'))).toBe(true)
  expect(pod.enableServiceLinks).toBe(false)
})

// Alerts and the dashboard. ------------------------------------------------------------------------------------------

interface Rule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string }
}
const rules: Rule[] = yamlOf('deploy/alerts.yaml').groups.flatMap(({ rules }: { rules: Rule[] }) => rules)
const dashboard = JSON.parse(read('deploy/dashboard.json'))
const queries: Array<[string, string]> = [
  ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...dashboard.panels.flatMap(({ title, targets }: { title: string; targets: Array<{ expr: string }> }) =>
    targets.map(({ expr }) => [title, expr.replaceAll('$__rate_interval', '5m')]),
  ),
]

/** Every metric that the server has, with its labels, as a scrape shows them after each was counted once. */
async function seriesOfServer(): Promise<Map<string, Set<string>>> {
  const metrics = createMetrics()
  metrics.readAtScrape({
    counts: async () => ({
      openRuns: { queued: 1 },
      heldCallbacks: 1,
      signInDownForS: 1,
      oldestDueProofS: 1,
      oldestDueDeliveryS: 1,
      oldestRunWithoutProgressS: 60,
      accounts: { active: 7 },
    }),
    keySetAgesS: () => ({ callbacks: 1 }),
  })
  metrics.countCallback('accepted')
  metrics.countExchange('token')
  metrics.countHandOut('database')
  metrics.countRefusal({ route: '/trpc', reason: 'NOT_FOUND' })
  metrics.countForgedRow('grants')
  metrics.countFailedLoop('deliver')
  metrics.countDelivery({ kind: 'email', outcome: 'delivered' })
  metrics.countEndedRun({ actionId: 'fleet-snapshot', state: 'succeeded' })
  metrics.timeExchange()()
  metrics.timeCommit(0.01)
  metrics.nameEncryptionKey('key')
  const series = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of (await metrics.text()).matchAll(/^(\w+)(?:\{(.*)\})? /gm)) {
    const known = series.get(name) ?? new Set()
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
    series.set(name, known)
  }
  return series.set('up', new Set())
}
const addedByPrometheus = ['instance', 'job']

/** The metrics and the labels that a query names. @throws where it is not PromQL */
function understand(query: string): { metrics: string[]; labels: string[] } {
  const metrics: string[] = []
  const labels: string[] = []
  parser.parse(query).iterate({
    enter({ type, from, to, node }) {
      const text = query.slice(from, to)
      if (type.isError) throw new SyntaxError(`Not PromQL at ${from}: ${query}`)
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text)
      if (type.name === 'LabelName') labels.push(text)
    },
  })
  return { metrics, labels }
}

test('a query that is not PromQL is found', () => {
  expect(() => understand('sum by (x (up)')).toThrow('Not PromQL')
  expect(understand('sum by (x) (rate(a_total{y="1"}[5m])) > b')).toEqual({
    metrics: ['a_total', 'b'],
    labels: ['x', 'y'],
  })
})

test('alerts and dashboard ask only for metrics and labels that the server has', async () => {
  const series = await seriesOfServer()
  expect(queries.length).toBeGreaterThan(30)
  for (const [name, query] of queries) {
    const { metrics, labels } = understand(query)
    expect(metrics.length, name).toBeGreaterThan(0)
    expect(metrics.filter((metric) => !series.has(metric))).toEqual([])
    const known = [...addedByPrometheus, ...metrics.flatMap((metric) => [...(series.get(metric) ?? [])])]
    expect(labels.filter((label) => !known.includes(label))).toEqual([])
  }
})

test('every metric of the server’s own is on the dashboard', async () => {
  const shown = dashboard.panels.flatMap(({ targets }: { targets: Array<{ expr: string }> }) =>
    targets.flatMap(({ expr }) => understand(expr.replaceAll('$__rate_interval', '5m')).metrics),
  )
  const own = [...(await seriesOfServer()).keys()].filter((name) => !/^standin_process_|^up$|_(sum|count)$/.test(name))
  expect(own.filter((name) => !shown.includes(name))).toEqual([])
})

test('every alert says what happened, and docs/operating.md what to do', () => {
  const [, section = ''] = read('docs/operating.md').split(/^## Alerts$/m)
  const rows = [...(section.split(/^## /m)[0] ?? '').matchAll(/^\| `(\w+)` \| (.{20,}) \|$/gm)].map(
    ([, alert]) => alert,
  )
  expect(rows).toEqual(rules.map(({ alert }) => alert))
  for (const { labels, annotations } of rules) {
    expect(['page', 'ticket']).toContain(labels.severity)
    expect(annotations.summary).toMatch(/\.$/)
  }
})

test('Prometheus watches the job that the alerts name', () => {
  expect(yamlOf('deploy/prometheus.yaml').scrape_configs[0].job_name).toBe('standin')
  expect(yamlOf('deploy/prometheus.yaml').rule_files).toEqual(['alerts.yaml'])
})
