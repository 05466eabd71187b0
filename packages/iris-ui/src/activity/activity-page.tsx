import type { Action, ListedAuditEntry } from '@standin/client'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react'
import { Link } from 'wouter'
import { useTRPC } from '../connection/api.ts'
import { failureOf } from '../connection/failure.ts'
import { pagesOf } from '../connection/pages.ts'
import { useActions } from '../connection/use-actions.ts'
import { useKnown } from '../connection/use-known.ts'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { SkeletonRows } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { addresses } from '../shell/addresses.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { beginOfRange, byDay, type Range, ranges } from './activity-range.ts'
import { ActivityTools } from './activity-tools.tsx'
import { nextPage, totalWords } from './activity-total.ts'
import { actorWords, eventWords, isWho, kindsOfWho, runOfEntry } from './activity-words.ts'
import { ExportButton } from './export-button.tsx'
import { actorOf, type EntryGroup, effectOf, groupsOf } from './groups-of-entries.ts'

const whats = { changed: ['changed', 'access'], sent: ['sent'], access: ['access'] } as const
type Kinds = ('read' | 'changed' | 'sent' | 'access')[]

const FEW = 20
const PAGE = 50
const icons = { read: 'eye', changed: 'pen', sent: 'send', access: 'shield' } as const

/** The audit log by day, newest first. */
export function ActivityPage() {
  const { host, texts, formats } = useSurroundings()
  const words = texts.activity
  const trpc = useTRPC()
  const nowMs = useNow(60_000)
  const { actions } = useActions()
  const [address] = useAddressState()
  const [typed, setTyped] = useState('')
  usePageTitle(words.heading)

  const who = address.get('who')
  const what = address.get('what')
  const range: Range = ranges.find((one) => one === address.get('from')) ?? 'month'
  const kinds = what && what in whats ? [...whats[what as keyof typeof whats]] : undefined
  const from = beginOfRange(range, nowMs, formats.dayKey)
  const asked = {
    accountId: host.account.id,
    ...(from && { from }),
    ...(kinds && { kinds: kinds as Kinds }),
    ...(isWho(who) && { actorKinds: [...kindsOfWho[who]] }),
  }
  const query = useKnown(
    useInfiniteQuery({
      ...pagesOf(trpc.audit.list.pathKey(), asked, (cursor, options) =>
        trpc.audit.list.query({ ...asked, limit: PAGE, counted: cursor.cursor === undefined, ...cursor }, options),
      ),
      placeholderData: keepPreviousData,
    }),
  )
  const shape = useSkeleton(query.isPending)

  const around = useMemo(() => ({ actions, userId: host.user.id, texts }), [actions, host.user.id, texts])
  const loaded = useMemo(() => query.data?.pages.flatMap(({ entries }) => entries) ?? [], [query.data])
  const total = query.data?.pages[0]?.total
  const search = typed.trim().toLowerCase()
  const has = useCallback(
    (entry: ListedAuditEntry) =>
      `${actorWords(entry, around)} ${eventWords(entry, around)}`.toLowerCase().includes(search),
    [search, around],
  )
  const shown = useMemo(() => (search === '' ? loaded : loaded.filter(has)), [loaded, search, has])

  // The search covers loaded entries only: load more until a page matches or there are no more.
  const { hasNextPage, isFetching, fetchNextPage } = query
  useEffect(() => {
    if (shown.length < FEW && hasNextPage && !isFetching) void fetchNextPage()
  }, [shown.length, hasNextPage, isFetching, fetchNextPage])

  return (
    <>
      <div className="head">
        <div>
          <h1>{words.heading}</h1>
          <p className="lead">{words.lead}</p>
        </div>
        <div className="acts">
          <ExportButton asked={asked} around={around} total={total} isMeant={has} />
        </div>
      </div>
      <ActivityTools
        typed={typed}
        onType={setTyped}
        range={range}
        show={words.showEntries(formats.number(search === '' ? (total?.entries ?? loaded.length) : shown.length))}
      />
      {shape === 'skeleton' && <SkeletonRows />}
      {shape === 'content' && query.isMissing && (
        <p className="sub">
          {failureOf(query.error) === 'NOT_FOUND' ? texts.connection.notThere : texts.connection.partMissing}
        </p>
      )}
      {shape === 'content' && query.isSuccess && shown.length === 0 && !hasNextPage && (
        <p className="nothing" role="status">
          <b>{loaded.length === 0 && !what && !isWho(who) ? words.none : words.noneMatch}</b> {words.noneMatchMeans}
        </p>
      )}
      {shown.length > 0 && <Days entries={shown} actions={actions} nowMs={nowMs} />}
      {shown.length > 0 && (
        <div className="more">
          <span className="num" role="status">
            {totalWords(
              { loaded: loaded.length, found: search === '' ? undefined : shown.length, total, range },
              texts,
              formats,
            )}
          </span>
          {hasNextPage && (
            <Button busy={query.isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {words.more(formats.number(nextPage(loaded.length, total, PAGE)))}
            </Button>
          )}
        </div>
      )}
    </>
  )
}

function Days({
  entries,
  actions,
  nowMs,
}: {
  entries: readonly ListedAuditEntry[]
  actions: readonly Action[]
  nowMs: number
}) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.activity
  const around = { actions, userId: host.user.id, texts }
  const said = (entry: ListedAuditEntry) =>
    [actorWords(entry, around), entry.kind, runOfEntry(entry), eventWords(entry, around)].join(' ')

  return (
    <div className="tw">
      <table className="fold act" role="table">
        <caption className="vh">{words.caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" className="at">
              {words.time}
            </th>
            <th role="columnheader" scope="col" className="who">
              {words.who}
            </th>
            <th role="columnheader" scope="col">
              {words.what}
            </th>
            <th role="columnheader" scope="col" className="effect">
              {words.effect}
            </th>
          </tr>
        </thead>
        {byDay(entries, formats.dayKey).map(({ day, entries: ofDay }) => (
          <tbody role="rowgroup" key={day}>
            <tr role="row">
              <th className="day" colSpan={4} scope="rowgroup" role="rowheader">
                {formats.dayHeading(ofDay[0]?.at ?? day, nowMs)}
              </th>
            </tr>
            {groupsOf(ofDay, said).map((group) => (
              <Group key={group.entries[0].id} group={group} around={around} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  )
}

type Around = Parameters<typeof eventWords>[1]

/** A group of entries in one line, which can be opened. */
function Group({ group, around }: { group: EntryGroup; around: Around }) {
  const { texts, formats } = useSurroundings()
  const words = texts.activity
  const [isOpen, setOpen] = useState(false)
  const [newest, ...others] = group.entries
  const count = formats.number(group.entries.length)
  const said = eventWords(newest, around)
  const opens = (
    <div className="d num">
      <button
        type="button"
        className="in-text"
        aria-expanded={isOpen}
        aria-label={words.entriesOf(count, said.replaceAll(/«\u00a0|\u00a0»|[“”„]/g, ''))}
        onClick={() => setOpen(!isOpen)}
      >
        {words.entries(count)}
      </button>
      {!group.isRun && ` ${words.since(formats.clock(group.entries.at(-1)?.at ?? newest.at))}`}
    </div>
  )
  return (
    <>
      <Row entry={newest} who={actorOf(group)} effect={effectOf(group)} around={around}>
        {others.length > 0 && opens}
      </Row>
      {isOpen && group.entries.map((entry) => <Row key={entry.id} entry={entry} around={around} isPart />)}
    </>
  )
}

interface RowProps {
  entry: ListedAuditEntry
  who?: ListedAuditEntry
  effect?: ListedAuditEntry['kind']
  /** One of a group's entries, under its line. */
  isPart?: boolean
  around: Around
  children?: ReactNode
}

function Row({ entry, who = entry, effect = entry.kind, isPart, around, children }: RowProps) {
  const { texts, formats } = useSurroundings()
  return (
    <tr role="row" data-event={entry.event} className={isPart ? 'part' : undefined}>
      <td role="cell" className="num muted">
        <time dateTime={entry.at}>{formats.clock(entry.at)}</time>
      </td>
      <td role="cell">
        <b>
          <bdi>{actorWords(who, around)}</bdi>
        </b>
      </td>
      <td role="cell">
        <What entry={entry} words={eventWords(entry, around)} />
        {children}
      </td>
      <td role="cell">
        <span className="st">
          <Icon name={icons[effect]} tone="wait" />
          <span>{texts.activity.kinds[effect]}</span>
        </span>
      </td>
    </tr>
  )
}

/** A name in the quotation marks of any of the app's languages. */
const inQuotes = /[“„”]([^“”]+)[“”]|«\u00a0(.+?)\u00a0»/

/** Links the action's name to its run, or the whole sentence if it does not contain the name. */
function What({ entry, words }: { entry: ListedAuditEntry; words: string }) {
  const runId = runOfEntry(entry)
  if (!runId) return words
  const quoted = inQuotes.exec(words)
  if (!quoted) return <Link href={addresses.run(runId)}>{words}</Link>
  const [before, after] = [words.slice(0, quoted.index), words.slice(quoted.index + quoted[0].length)]
  return (
    <>
      {before}
      <Link href={addresses.run(runId)}>{quoted[1] ?? quoted[2]}</Link>
      {after}
    </>
  )
}
