// The bare libraries that Standin uses, doing nothing: the reference of the measurements.
import { initTRPC } from '@trpc/server'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify from 'fastify'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import postgres from 'postgres'

const t = initTRPC.create()
const router = t.router({ ping: t.procedure.query(() => ({ ok: true })) })

const app = Fastify({ routerOptions: { maxParamLength: 5_000 } })
await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } })
app.post('/bare', async () => ({ ok: true }))

// What a callback cannot do without: its JWT is verified, its body is kept. No bounds, no order, no sealing.
const keys = createRemoteJWKSet(new URL(process.env.JWKS_URL ?? ''))
const sql = postgres(process.env.DATABASE_URL ?? '', { max: 10, onnotice: () => {} })
await sql`create table if not exists bench_callbacks (id bigserial primary key, account_id uuid, body jsonb)`
app.post<{ Body: { accountId: string } }>('/callback', async ({ headers, body }) => {
  await jwtVerify(String(headers['trackunit-identity']), keys)
  await sql`insert into bench_callbacks (account_id, body) values (${body.accountId}, ${sql.json(body)})`
  return { ok: true }
})
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
