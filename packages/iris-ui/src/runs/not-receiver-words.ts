import type { Delivery } from '@standin/client'
import type { FirstTexts } from '../texts/first-english.ts'

/** Why a result was not sent, where it is not because of its receiver. */
export const notReceiverWords = (reason: Delivery['reason'], { results: { because } }: Pick<FirstTexts, 'results'>) =>
  reason === 'INSTALLATION_UNINSTALLED' || reason === 'RESTORED' ? because[reason] : undefined
