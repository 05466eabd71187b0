/** Every column that holds sealed values. A test finds the ones that are missing here. */
export const sealedColumns = [
  { table: 'credentials', column: 'sealed_secret' },
  { table: 'access_tokens', column: 'sealed_token' },
  { table: 'callbacks', column: 'sealed_body' },
  { table: 'held_callbacks', column: 'sealed' },
  { table: 'signing_secrets', column: 'sealed_secret' },
] as const

export type SealedColumn = (typeof sealedColumns)[number]
