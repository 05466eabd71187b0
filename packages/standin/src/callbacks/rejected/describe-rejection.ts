import { decodeJwt, decodeProtectedHeader } from 'jose'
import { isPlausible } from '../../trackunit/key-set.ts'
import type { RejectionDetails } from './rejection-table.ts'

export interface RejectedRequest {
  address: string
  mediaType?: string | undefined
  bodyBytes?: number | undefined
  /** What the header held, whoever made it. */
  jwt?: string | undefined
}

/** What may be kept of a refused request to tell what was wrong: no body, no JWT, no value of a claim; all of it cut. */
export function describeRejection({ address, mediaType, bodyBytes, jwt }: RejectedRequest): RejectionDetails {
  return {
    address: cut(address),
    ...(mediaType !== undefined && { mediaType: cut(mediaType) }),
    ...(bodyBytes !== undefined && { bodyBytes }),
    ...(jwt !== undefined && isPlausible(jwt) && describeJwt(jwt)),
  }
}

function describeJwt(jwt: string): Pick<RejectionDetails, 'algorithm' | 'keyId' | 'claimNames'> {
  try {
    const { alg, kid } = decodeProtectedHeader(jwt)
    return {
      ...(alg !== undefined && { algorithm: cut(alg) }),
      ...(typeof kid === 'string' && { keyId: cut(kid) }),
      claimNames: Object.keys(decodeJwt(jwt)).slice(0, 20).map(cut),
    }
  } catch {
    return {}
  }
}

/** PostgreSQL's JSON takes neither NUL nor half a character. */
const cut = (text: string) => text.replaceAll('\0', '').slice(0, 100).toWellFormed()
