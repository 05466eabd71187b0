import { isIP } from 'node:net'
import { z } from 'zod'

/** Names of networks that Fastify knows. */
const named = ['loopback', 'linklocal', 'uniquelocal']

/** Which proxies may say where a request came from: `none`, their number, or their networks. */
export const proxySettingSchema = z
  .string()
  .trim()
  .refine(
    (text) => text === 'none' || isNumberOfProxies(text) || text.split(',').every((part) => isNetwork(part.trim())),
    'is none, the number of proxies in front of the server, or their addresses and networks, as in 10.0.0.0/8, with commas between. It is never true: every caller could choose its address',
  )

const isNumberOfProxies = (text: string) => /^[1-9]\d?$/.test(text)

function isNetwork(text: string): boolean {
  if (named.includes(text)) return true
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  if (bits === undefined) return true
  return /^\d+$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128) // Not /0, which is everyone.
}

/** The same as Fastify's `trustProxy`. */
export function trustProxyOf(
  setting: string | undefined,
): false | string | ((address: string, hop: number) => boolean) {
  if (setting === undefined || setting === 'none') return false
  return isNumberOfProxies(setting) ? (_address, hop) => hop < Number(setting) : setting
}
