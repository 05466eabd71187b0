import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { accountRecord, knownAccounts, profileOf } from '../accounts.ts'
import type { Behaviour } from '../behaviour.ts'
import type { Fleet } from '../fleet/fleets.ts'
import type { AppManifest } from '../manifest.ts'
import type { StateStore } from '../state.ts'
import { appFrame, type FrameChoices } from './app-frame.ts'
import { drawer, languages } from './drawer.ts'
import { fleetPage, machinePage, missingPage, sitesPage } from './fleet-pages.ts'
import type { Markup } from './html.ts'
import { marketplacePage } from './marketplace-page.ts'
import { addressOf, type ManagerPath, managerPage, type Viewer } from './page.ts'
import { requestsPage } from './requests-page.ts'

type ManagerDependencies = {
  manifest: AppManifest
  appUrl: string
  store: StateStore
  behaviour: Behaviour
  fleetOf: (accountId: string) => Fleet
  now: () => number
}

const address = z.object({
  account: z.guid().optional().catch(undefined),
  user: z.enum(['administrator', 'reader', 'stranger']).catch('administrator'),
  frame: z.enum(['opaque']).optional().catch(undefined),
  downloads: z.enum(['blocked']).optional().catch(undefined),
  language: z.enum(languages).optional().catch(undefined),
  units: z.enum(['METRIC', 'IMPERIAL']).catch('METRIC'),
  site: z.string().max(100).optional().catch(undefined),
})

const assets: Record<string, { file: string; type: string }> = {
  'manager.js': { file: ownFile('manager.js'), type: 'text/javascript' },
  'control.js': { file: ownFile('control.js'), type: 'text/javascript' },
  'marketplace.js': { file: ownFile('marketplace.js'), type: 'text/javascript' },
  'requests.js': { file: ownFile('requests.js'), type: 'text/javascript' },
  'manager.css': { file: ownFile('manager.css'), type: 'text/css' },
  'tokens.css': { file: ownFile('tokens.css'), type: 'text/css' },
  'penpal.js': { file: fileURLToPath(import.meta.resolve('penpal')), type: 'text/javascript' },
}

/** The simulated Manager: pages of its own around the app in its frame. No build, no inline script. */
export function managerRoutes(app: FastifyInstance, dependencies: ManagerDependencies) {
  const { manifest, appUrl, store, behaviour, fleetOf, now } = dependencies
  function send(
    request: FastifyRequest,
    reply: FastifyReply,
    page: { title: string; current: ManagerPath; main: (viewer: Viewer) => Markup; script?: string },
  ) {
    const { account, user } = address.parse(request.query)
    const viewer = { account: profileOf(account ?? knownAccounts[0]?.id ?? ''), role: user }
    const otherAccounts = [...new Set([...Object.keys(store.state.accounts), viewer.account.id])]
      .filter((id) => !knownAccounts.some((known) => known.id === id))
      .map(profileOf)

    return reply
      .header('content-security-policy', contentSecurityPolicy(appUrl))
      .header('referrer-policy', 'strict-origin-when-cross-origin')
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(
        managerPage({
          title: page.title,
          appName: manifest.name,
          viewer,
          otherAccounts,
          current: page.current,
          script: page.script,
          main: page.main(viewer),
          drawer: drawer({
            fleetSize: behaviour.fleetSize,
            sites: fleetOf(viewer.account.id).sites,
            userTokenLifetimeS: behaviour.userTokenLifetimeS,
            oddNames: behaviour.oddNames,
            choices: choicesOf(request),
          }),
        }),
      )
  }

  app.get('/', async (request, reply) => {
    const main = (viewer: Viewer) => appFrame({ manifest, appUrl, viewer, choices: choicesOf(request) })
    return send(request, reply, { title: manifest.name, current: '/', main })
  })

  app.get('/assets', async (request, reply) => {
    const main = (viewer: Viewer) => fleetPage(fleetOf(viewer.account.id), { viewer, now: now() })
    return send(request, reply, { title: 'Fleet', current: '/assets', main })
  })

  app.get<{ Params: { id: string } }>('/assets/:id', async (request, reply) => {
    // A copied link does not name the account.
    if (address.parse(request.query).account === undefined) {
      const accounts = [...knownAccounts.map(({ id }) => id), ...Object.keys(store.state.accounts)]
      const has = (id: string) =>
        fleetOf(id)
          .machines()
          .some((machine) => machine.id === request.params.id)
      const found = accounts.find(has)
      if (found) return reply.redirect(addressOf(request.url, { account: profileOf(found), role: 'administrator' }))
    }
    const main = (viewer: Viewer) => {
      const machine = fleetOf(viewer.account.id)
        .machines()
        .find(({ id }) => id === request.params.id)
      return machine ? machinePage(machine, now()) : missingPage()
    }
    return send(request, reply, { title: 'Machine', current: '/assets', main })
  })

  app.get('/sites', async (request, reply) => {
    const main = (viewer: Viewer) => sitesPage(fleetOf(viewer.account.id))
    return send(request, reply, { title: 'Sites', current: '/sites', main })
  })

  app.get('/marketplace', async (request, reply) => {
    const main = (viewer: Viewer) => {
      const account = accountRecord(store.state, viewer.account.id)
      const client = account.clientId === null ? undefined : store.state.clients[account.clientId]
      const grantedScopes = client?.grantedScopes ?? []
      return marketplacePage({ manifest, viewer, isInstalled: account.isInstalled, grantedScopes })
    }
    return send(request, reply, { title: 'Marketplace', current: '/marketplace', main, script: 'marketplace.js' })
  })

  app.get('/requests', async (request, reply) =>
    send(request, reply, { title: 'Requests', current: '/requests', main: requestsPage, script: 'requests.js' }),
  )

  app.get<{ Params: { name: string } }>('/manager/:name', async (request, reply) => {
    const asset = Object.hasOwn(assets, request.params.name) ? assets[request.params.name] : undefined
    if (!asset) return reply.code(404).send({ error: 'No such file.' })
    return reply
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-cache')
      .type(`${asset.type}; charset=utf-8`)
      .send(await readFile(asset.file))
  })

  app.setNotFoundHandler((request, reply) =>
    request.method === 'GET' && request.headers.accept?.includes('text/html')
      ? send(request, reply.code(404), { title: 'Not here', current: '/', main: missingPage })
      : reply.code(404).send({ status: 404, code: 'NOT_FOUND', message: 'No such address.' }),
  )
}

function choicesOf(request: FastifyRequest): FrameChoices {
  const { frame, downloads, language, units, site } = address.parse(request.query)
  return { isOpaque: frame === 'opaque', areDownloadsBlocked: downloads === 'blocked', language, units, site }
}

/** Only the app's own origin can stand in the frame, wherever a link in it leads. */
function contentSecurityPolicy(appUrl: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    `frame-src ${new URL(appUrl).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function ownFile(name: string): string {
  return fileURLToPath(new URL(`../../public/${name}`, import.meta.url))
}
