export type {
  Action,
  Artifact,
  ErrorReason,
  Installation,
  IssuedToken,
  Run,
  RunEvent,
  RunState,
} from '@standin/contracts'
export type { AppRouter } from './app-router.ts'
export { createStandinClient, type StandinClient, type StandinClientOptions } from './create-standin-client.ts'
export { StandinClientError, toStandinClientError } from './standin-client-error.ts'
export { type StandinLinkOptions, standinLinks } from './standin-links.ts'
export type { CachedToken } from './token-cache.ts'
