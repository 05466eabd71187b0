import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { z } from 'zod'
import {
  type ConsoleSession,
  cookieOf,
  endConsoleSession,
  findSessionOfCookie,
  sessionLifeMs,
  useConsoleCode,
  useOutageCode,
} from '../access/console-sessions.ts'
import { accountPage } from './account-page.ts'
import { accountsPage } from './accounts-page.ts'
import { cookieIn, cookieToSet, isMeantForUs, isSentByUs, readForm } from './admit.ts'
import { findAsset } from './assets.ts'
import { callbacksPage } from './callbacks-page.ts'
import { answerChange } from './change-pages.ts'
import type { ConsoleContext, Visit } from './console-context.ts'
import { type ConsolePage, framed } from './frame.ts'
import { nowPage } from './now-page.ts'
import { explain, failedPage, openPage, outagePage, readOnlyPage, signedOutPage, wrongCodePage } from './open-page.ts'
import { readNow } from './read-now.ts'
import { servicesPage } from './services-page.ts'

/** The same policy as the app's: no inline script, no eval, nothing from elsewhere, in no frame. */
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const headers = {
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin', // With `no-referrer` a browser hides the origin of our own forms.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/**
 * The operator's console, on the private port: pages rendered here, with one small script that renews them. Nothing but the
 * page that opens it is shown without a session.
 * @param ctx of this process
 */
export function createConsole(ctx: ConsoleContext): RequestListener {
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (ctx.watch.isDown()) return show(response, outagePage)
      ctx.log.error({ err: error }, 'the console failed')
      show(response, failedPage(500, 'This page failed', explain(error)))
    })
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://console')
    if (!isMeantForUs(request.headers.host, ctx.config.metrics.host))
      return show(
        response,
        failedPage(421, 'Wrong host name', 'Open the console as localhost or by an IP address, as its link does.'),
      )
    const asset = request.method === 'GET' ? await findAsset(path) : undefined
    if (asset) return send(response, 200, asset.body, { 'content-type': asset.type })
    if (request.method === 'POST') return answerForm(request, response, path)
    if (request.method !== 'GET') return send(response, 405, '', { allow: 'GET, POST' })
    if (path === '/console/open') return show(response, openPage)
    const session = await sessionOf(request)
    if (!session) return show(response, signedOutPage)
    const page = pageOf(path, { session, query, now: ctx.clock.now() }).catch(async (error: unknown) => {
      if (await ctx.watch.suspect(error)) return outagePage
      throw error
    })
    show(response, await page, session)
  }

  async function answerForm(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (!isSentByUs(request))
      return show(response, failedPage(403, 'Not sent', 'This form does not belong to the console.'))
    const form = await readForm(request)
    if (!form) return show(response, failedPage(413, 'Not sent', 'This is not a form, or it is too large.'))
    if (path === '/console/open') return open(response, form)
    const session = await sessionOf(request)
    if (!session) return show(response, signedOutPage)
    if (path === '/console/close') {
      await endConsoleSession(ctx, session)
      return send(response, 303, '', { location: '/console', 'set-cookie': cookieToSet('', 0) })
    }
    if (path !== '/console/change') return show(response, nothingHere, session)
    show(response, session.mayChange ? await answerChange(ctx, form) : readOnlyPage, session)
  }

  async function open(response: ServerResponse, form: URLSearchParams): Promise<void> {
    const code = (form.get('code') ?? '').trim()
    const session = (await useConsoleCode(ctx, code)) ?? (await useOutageCode(ctx, code, ctx.console.usedCodes))
    if (!session) return show(response, wrongCodePage)
    send(response, 303, '', {
      location: '/console',
      'set-cookie': cookieToSet(cookieOf(ctx, session), sessionLifeMs / 1_000),
    })
  }

  async function sessionOf(request: IncomingMessage): Promise<ConsoleSession | undefined> {
    const cookie = cookieIn(request)
    return cookie === undefined ? undefined : findSessionOfCookie(ctx, cookie)
  }

  async function pageOf(path: string, visit: Visit): Promise<ConsolePage> {
    if (path === '/console') return nowPage(await readNow(ctx), visit)
    if (ctx.watch.isDown()) return outagePage
    if (path === '/console/accounts') return accountsPage(ctx, visit)
    if (path === '/console/callbacks') return callbacksPage(ctx, visit)
    if (path === '/console/services') return servicesPage(ctx, visit)
    const accountId = /^\/console\/accounts\/([^/]+)$/.exec(path)?.[1]
    if (accountId !== undefined && z.guid().safeParse(accountId).success)
      return accountPage(ctx, accountId.toLowerCase(), visit)
    return nothingHere
  }

  function show(response: ServerResponse, page: ConsolePage, session?: ConsoleSession): void {
    const around = { appName: ctx.config.app.name, session, now: ctx.clock.now() }
    send(response, page.status ?? 200, framed(page, around), { 'content-type': 'text/html; charset=utf-8' })
  }
}

const nothingHere = failedPage(404, 'There is no such page', 'Check the address, or go back.')

function send(response: ServerResponse, status: number, body: string, more: Record<string, string>): void {
  if (response.headersSent) return void response.end()
  response.writeHead(status, { ...headers, ...more }).end(body)
}
