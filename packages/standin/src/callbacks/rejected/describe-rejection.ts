import { decodeJwt, decodeProtectedHeader } from 'jose'
import { storableText } from '../../database/storable-text.ts'
import { isPlausible } from '../../trackunit/verify-signature.ts'
import type { RejectionDetails } from './rejection-table.ts'

export interface RejectedRequest {
  /** Unknown if the sender has disconnected. */
  address: string | undefined
  mediaType?: string | undefined
  bodyBytes?: number | undefined
  /** The header's value, which may be forged. */
  jwt?: string | undefined
}

/** What is stored of a refused request to show what was wrong: no body, no JWT, no claim's value, and every text truncated. */
export function describeRejection({ address, mediaType, bodyBytes, jwt }: RejectedRequest): RejectionDetails {
  return {
    address: cut(address ?? 'unknown'),
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

const cut = (text: string) => storableText(text, 100)
