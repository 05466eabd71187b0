import type { Delivery } from '@standin/client'
import type { Texts } from '../texts/en.ts'

/** Why a result was not sent, where it is not because of its receiver. */
export const notReceiverWords = (reason: Delivery['reason'], { results: { because } }: Pick<Texts, 'results'>) =>
  reason === 'INSTALLATION_UNINSTALLED' || reason === 'RESTORED' ? because[reason] : undefined
