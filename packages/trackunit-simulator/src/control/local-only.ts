import type { FastifyReply, FastifyRequest } from 'fastify'

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Keeps web pages out of what is meant for this machine's developer: a page of another origin names itself in Origin,
 * one that came through a rebound name says so in Host.
 */
export async function localOnly(request: FastifyRequest, reply: FastifyReply) {
  const host = request.headers.host ?? ''
  const { origin } = request.headers
  const isLoopback = loopbackNames.includes(host.replace(/:\d+$/, ''))
  const isOwnOrigin = origin === undefined || origin === `http://${host}`
  if (isLoopback && isOwnOrigin) return

  return reply.code(403).send({ error: 'Only pages and programs of this machine may use this address.' })
}
