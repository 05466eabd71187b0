import type { FastifyReply, FastifyRequest } from 'fastify'

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Blocks web pages from the developer's controls: a page of another origin names itself in Origin,
 * one that uses DNS rebinding does so in Host.
 */
export async function localOnly(request: FastifyRequest, reply: FastifyReply) {
  const host = request.headers.host ?? ''
  const { origin } = request.headers
  const isLoopback = loopbackNames.includes(host.replace(/:\d+$/, ''))
  const isOwnOrigin = origin === undefined || origin === `http://${host}`
  if (isLoopback && isOwnOrigin) return

  return reply.code(403).send({ error: 'Only pages and programs of this machine may use this address.' })
}
