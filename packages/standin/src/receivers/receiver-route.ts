import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Context } from '../context.ts'
import { confirmReceiver, isOpenQuestion, withdrawReceiver } from './answer-question.ts'
import { type LinkedReceiver, type LinkPurpose, readReceiverLink } from './receiver-link.ts'
import { type Page, receiverPage } from './receiver-page.ts'
import { type ReceiverWords, receiverWords } from './receiver-words.ts'

const maxBodyBytes = 4 * 1024

/**
 * `/receivers/confirm/<link>` and `/receivers/withdraw/<link>`: pages for the readers of emails. The link alone decides: GET
 * shows what POST would do.
 * @see RFC 8058, by which mail programs withdraw with one click
 */
export async function registerReceiverRoute(server: FastifyInstance, ctx: Context): Promise<void> {
  const { app } = ctx.config
  await server.register(async (scope) => {
    // The form's body is never read, whatever its encoding.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, async () => undefined)
    for (const purpose of ['confirm', 'withdraw'] as const) {
      const answered = pagesOf(ctx)[purpose]
      for (const method of ['GET', 'POST'] as const)
        scope.route<{ Params: { link: string } }>({
          method,
          url: `/receivers/${purpose}/:link`,
          async handler(request, reply) {
            const words = receiverWords(request.headers['accept-language'])
            const linked = await readReceiverLink(ctx, purpose, request.params.link)
            const page = linked && (await answered[method](linked, words))
            const shown = page ?? { heading: words.linkOver, sentences: [words.linkOverMeans] }
            return sendPage(reply.code(page ? 200 : 410), receiverPage(app, words, shown), app.logoUrl)
          },
        })
    }
  })
}

type PageOf = (linked: LinkedReceiver, words: ReceiverWords) => Promise<Page | undefined>

/** The pages by purpose and method; undefined if the link no longer works. */
function pagesOf(ctx: Context): Record<LinkPurpose, Record<'GET' | 'POST', PageOf>> {
  const app = ctx.config.app.name
  return {
    confirm: {
      async GET(linked, words) {
        if (!(await isOpenQuestion(ctx, linked))) return undefined
        const asks = words.asks({ who: undefined, app, address: linked.address })
        return { heading: words.questionHeading(app), sentences: [asks, words.whatItIs(app)], button: words.agree }
      },
      async POST(linked, words) {
        if (!(await confirmReceiver(ctx, linked))) return undefined
        return { heading: words.agreed(linked.address), sentences: [words.agreedMeans] }
      },
    },
    withdraw: {
      GET: async ({ address }, words) => ({
        heading: words.withdrawHeading(app),
        sentences: [words.withdrawMeans(address)],
        button: words.withdraw,
      }),
      async POST(linked, words) {
        await withdrawReceiver(ctx, linked)
        return { heading: words.withdrawn(linked.address), sentences: [words.withdrawnMeans] }
      },
    },
  }
}

const sendPage = (reply: FastifyReply, page: string, logoUrl: string | undefined) =>
  reply
    .type('text/html; charset=utf-8')
    .headers({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer', // The address is the permission.
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'${logoUrl ? `; img-src ${new URL(logoUrl).origin}` : ''}`,
    })
    .send(page)
