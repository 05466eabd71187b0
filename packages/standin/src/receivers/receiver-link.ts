import { jwtVerify, SignJWT } from 'jose'
import type { Context } from '../context.ts'

/** What the reader of an email may do with a link in it. */
export type LinkPurpose = 'confirm' | 'withdraw'

export interface LinkedReceiver {
  accountId: string
  address: string
  /** Of a link that confirms: it works once, and not after a later one. */
  askId?: string | undefined
}

type LinkContext = Pick<Context, 'config' | 'clock'>

/** How long a question can be answered. A link to withdraw works for as long as its key is kept. */
export const confirmWithinDays = 7

const audienceOf = (purpose: LinkPurpose) => `standin/receiver-${purpose}`

/** The token of a link: for one purpose, one address and one account, signed with a link key. */
export async function signReceiverLink(
  { config, clock }: LinkContext,
  purpose: LinkPurpose,
  { accountId, address, askId }: LinkedReceiver,
): Promise<string> {
  const [{ kid, bytes }] = config.keys.links
  const jwt = new SignJWT({ address })
    .setProtectedHeader({ alg: 'HS256', kid })
    .setSubject(accountId)
    .setAudience(audienceOf(purpose))
  if (purpose === 'confirm')
    jwt.setJti(askId ?? '').setExpirationTime(Math.floor(clock.now().getTime() / 1_000) + confirmWithinDays * 86_400)
  return jwt.sign(bytes)
}

/** @returns undefined for a link that was made up, is for another purpose or has expired */
export async function readReceiverLink(
  { config, clock }: LinkContext,
  purpose: LinkPurpose,
  link: string,
): Promise<LinkedReceiver | undefined> {
  const keyOf = ({ kid }: { kid?: string | undefined }) => {
    const key = config.keys.links.find((each) => each.kid === kid)
    if (!key) throw new Error('unknown key id')
    return key.bytes
  }
  try {
    const { payload } = await jwtVerify<{ address: string }>(link, keyOf, {
      algorithms: ['HS256'],
      audience: audienceOf(purpose),
      currentDate: clock.now(),
      requiredClaims: ['sub', 'address', ...(purpose === 'confirm' ? ['exp', 'jti'] : [])],
    })
    return { accountId: payload.sub ?? '', address: payload.address, askId: payload.jti }
  } catch {
    return undefined
  }
}
