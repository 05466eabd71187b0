export type {
  Action,
  Area,
  Artifact,
  AuditTotal,
  ChangedDestination,
  CompiledMessage,
  Delivery,
  Destination,
  ErrorReason,
  FilterChoices,
  Installation,
  InstallationEvent,
  InstallationState,
  IssuedToken,
  ListedAuditEntry,
  MachineFilter,
  Message,
  Receiver,
  Receivers,
  ResultChart,
  ResultColumn,
  ResultMap,
  ResultRow,
  Run,
  RunEvent,
  RunProgress,
  RunResult,
  RunState,
  SavedFilter,
  Schedule,
  SentResult,
  ShownDestination,
  Spoken,
  TrustedDomain,
  TrustedKind,
  Undelivered,
} from '@standin/contracts'
export { domainName, isInDomains, spoken, textOf } from '@standin/contracts'
export type { RunsClient, StartRun } from './account-runs.ts'
export type { AppRouter } from './app-router.ts'
export {
  createStandinClient,
  type StandinClient,
  type StandinClientOptions,
  type TokenOptions,
} from './create-standin-client.ts'
export type { FollowOptions } from './follow-events.ts'
export { formatMessage } from './format-message.ts'
export type { InstallationsClient } from './known-installations.ts'
export { StandinClientError, type StandinClientErrorReason, toStandinClientError } from './standin-client-error.ts'
export { type StandinLinkOptions, standinLinks } from './standin-links.ts'
export type { CachedToken } from './token-cache.ts'
