import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { makeConsoleCode } from '../src/access/console-sessions.ts'
import type { ConsoleContext } from '../src/console/console-context.ts'
import { createConsole } from '../src/console/serve-console.ts'
import type { CallbackStack } from './callback-stack.ts'

export interface ConsoleAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

interface Asking {
  cookie?: string | undefined
  /** A form is posted, from a page of the console unless `headers` say otherwise. */
  form?: Record<string, string> | URLSearchParams
  /** Undefined removes one. */
  headers?: Record<string, string | undefined>
}

/** The console of a stack's server, asked as a browser would. */
export async function serveTestConsole(stack: Pick<CallbackStack, 'ctx'>, change: Partial<ConsoleContext> = {}) {
  const ctx: ConsoleContext = {
    ...stack.ctx,
    console: { keysMissing: [], usedCodes: new Set(), stored: undefined },
    ...change,
  }
  const server = createServer(createConsole(ctx)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  async function ask(path: string, { cookie, form, headers = {} }: Asking = {}): Promise<ConsoleAnswer> {
    const given = {
      ...(cookie !== undefined && { cookie }),
      ...(form && { origin: `http://${host}`, 'content-type': 'application/x-www-form-urlencoded' }),
      host,
      ...headers,
    }
    const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const sent = request(`http://${host}${path}`, { method: form ? 'POST' : 'GET', headers: kept })
    sent.end(form && new URLSearchParams(form).toString())
    const [response] = await once(sent, 'response')
    return { status: response.statusCode, headers: response.headers, body: await text(response) }
  }

  return {
    ctx,
    host,
    ask,
    /** Opens a session. @returns its cookie */
    async open({ mayChange = false } = {}): Promise<string> {
      const code = await makeConsoleCode(ctx, { mayChange })
      const { status, headers } = await ask('/console/open', { form: { code: code.reveal() } })
      if (status !== 303) throw new Error(`the code was answered ${status}`)
      return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
