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
  SentRow,
  ShownDestination,
  Spoken,
  TrustedDomain,
  TrustedKind,
  Undelivered,
} from '@standin/contracts'
export { csvSeparator, domainName, isInDomains, spoken, textOf, unitSymbol, zoneName } from '@standin/contracts'
export type { ListRuns, ResultPage, RowQuery, RunsClient, StartRun } from './account-runs.ts'
export type { TokenOptions } from './account-tokens.ts'
export type { AppRouter, StandinErrorShape } from './app-router.ts'
export type { CallOptions } from './call-options.ts'
export { createStandinClient, type StandinClient, type StandinClientOptions } from './create-standin-client.ts'
export type { AnyActions, DeclaredAction, DeclaredActions } from './declared-action.ts'
export type { Download } from './downloads.ts'
export type { FollowOptions } from './follow-events.ts'
export { formatMessage } from './format-message.ts'
export type { ActionsClient, ListActions } from './known-actions.ts'
export type { InstallationsClient } from './known-installations.ts'
export {
  StandinClientError,
  type StandinClientErrorReason,
  type StandinIssue,
  toStandinClientError,
} from './standin-client-error.ts'
export { type StandinLinkOptions, standinLinks } from './standin-links.ts'
export type { CachedToken } from './token-cache.ts'
