import type { Action, ListedAuditEntry } from '@standin/client'
import { inSentence } from '../formats/in-sentence.ts'
import { readable } from '../formats/readable.ts'
import { titleOf } from '../runs/title-of.ts'
import type { EntryFacts, Texts } from '../texts/en.ts'
import { noChanges } from '../texts/no-changes.ts'

interface Around {
  actions: readonly Action[]
  userId: string
  texts: Texts
}

/** The name of the actor. */
export function actorWords({ actor }: ListedAuditEntry, { userId, texts }: Around): string {
  const { activity: words, run } = texts
  switch (actor.kind) {
    case 'user':
      return actor.name ?? (actor.id === userId ? run.you : words.somebody)
    case 'schedule':
      return actor.name ? run.scheduleOf(actor.name) : words.aSchedule
    case 'service':
      return actor.name ?? words.aService
    case 'operator':
      return words.operator
    case 'trackunit':
      return words.trackunit
    case 'system':
      return words.standin
  }
}

/** The entry as a sentence; an event without one is shown by its readable name, never as a code. */
export function eventWords({ event, details }: ListedAuditEntry, { actions, texts }: Around): string {
  const { otherEvent } = texts.activity
  const events: Partial<Record<string, (of: EntryFacts) => string>> = texts.activity.events
  const facts: EntryFacts = {
    title: typeof details.actionId === 'string' ? texts.table.quoted(titleOf(details.actionId, actions)) : undefined,
    name: text(details.name) ?? text(details.service) ?? text(details.file) ?? text(details.artifactName),
    to: text(details.to) ?? text(details.destination),
    mode: text(details.mode),
    scopes: Array.isArray(details.scopes)
      ? details.scopes.map((scope) => inSentence(texts.permissions[String(scope)] ?? String(scope), texts))
      : undefined,
    leftOut: Array.isArray(details.leaveOut) ? details.leaveOut.length : undefined,
    changes: event === 'run.changed' ? { ...noChanges, ...details } : undefined,
  }
  return events[event]?.(facts) ?? otherEvent(readable(event.replaceAll('.', ' ')))
}

/** The run of an entry, to link to it. Access that a run got names it as its receiver. */
export const runOfEntry = ({ actor, details }: ListedAuditEntry): string | undefined =>
  text(details.runId) ?? (actor.kind === 'system' ? /^run (.+)$/.exec(actor.id)?.[1] : undefined)

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

export type Who = 'people' | 'schedules' | 'services' | 'trackunit' | 'standin'

export const kindsOfWho: Record<Who, readonly ListedAuditEntry['actor']['kind'][]> = {
  people: ['user', 'operator'],
  schedules: ['schedule'],
  services: ['service'],
  trackunit: ['trackunit'],
  standin: ['system'],
}

export const isWho = (value: string | null): value is Who => value !== null && value in kindsOfWho
