/** Asymmetric only: with a symmetric one, anyone who reads the published keys could sign. */
export const signatureAlgorithms = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
] as const
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number]
