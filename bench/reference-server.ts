// The bare parts that Standin stands on, doing nothing: what is measured against.
import { initTRPC } from '@trpc/server'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify from 'fastify'

const t = initTRPC.create()
const router = t.router({ ping: t.procedure.query(() => ({ ok: true })) })

const app = Fastify({ routerOptions: { maxParamLength: 5_000 } })
await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } })
app.post('/bare', async () => ({ ok: true }))
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
