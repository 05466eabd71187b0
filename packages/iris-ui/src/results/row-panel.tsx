import type { ResultColumn, ResultRow, Run } from '@standin/client'
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react'
import { useNow } from '../formats/use-now.ts'
import { hostPages } from '../host-pages.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { changedAddress, navigate, useAddressState } from '../shell/hash-location.ts'
import { restoreScroll, scrolledOf } from '../shell/kept-scroll.ts'
import { useSurroundings } from '../surroundings.ts'
import { cellWords, headWords } from './cell-words.ts'
import type { Asked } from './input-of.ts'
import { ResultIcon } from './result-icon.tsx'
import { HostLink } from './row-link.tsx'
import { iconOf, underWords } from './table-parts.tsx'
import { useResultWindows } from './use-result-windows.ts'

interface RowPanelProps {
  run: Run
  asked: Asked
  columns: readonly ResultColumn[]
  /** From 0, in the list as it is filtered and sorted. */
  index: number
  /** Undefined until it is known. */
  total: number | undefined
}

/** On narrower screens it is a page of its own. */
const narrow = '(max-width: 64rem)'

/** One row with all that is known about it, beside the list: the list stays as it is. */
export function RowPanel({ run, asked, columns, index, total }: RowPanelProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const [, setAddress] = useAddressState()
  const heading = useRef<HTMLHeadingElement>(null)
  const { rows, isSettled } = useResultWindows(run, asked, [index])
  const row = rows.get(index)
  const go = (to: number) => setAddress({ row: String(to + 1) })

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('[role$=dialog]')) close()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  useLayoutEffect(() => {
    if (!matchMedia(narrow).matches) return undefined
    scrollTo(0, 0)
    return () => restoreScroll(scrolledOf(history.state))
  }, [])
  const isThere = row !== undefined
  useEffect(() => {
    // Previous and next keep the focus. Opened from the list, the heading takes it, so that a screen reader reads it.
    const title = heading.current
    if (isThere && title && !title.closest('.panel')?.contains(document.activeElement))
      title.focus({ preventScroll: title.closest('.alone') === null })
  }, [isThere])

  return (
    <section className="panel" aria-label={row?.machine?.name ?? words.details} aria-busy={!isSettled || undefined}>
      <div className="ptop">
        <span className="num" role="status">
          {total !== undefined && words.nth(formats.number(index + 1), formats.number(total))}
          {row?.machine && <span className="vh">: {row.machine.name}</span>}
        </span>
        <div className="pnav">
          <Step icon="left" label={words.previous} off={index === 0} onGo={() => go(index - 1)} />
          <Step icon="right" label={words.next} off={index + 1 >= (total ?? 0)} onGo={() => go(index + 1)} />
          <Button className="icon" look="quiet" icon="cross" aria-label={words.close} onClick={close} />
        </div>
      </div>
      {row ? (
        <About row={row} columns={columns} heading={heading} />
      ) : (
        isSettled && <p className="sub">{words.goneRow}</p>
      )}
    </section>
  )
}

function Step({ icon, label, off, onGo }: { icon: 'left' | 'right'; label: string; off: boolean; onGo(): void }) {
  return <Button className="icon" look="quiet" icon={icon} aria-label={label} off={off} onClick={onGo} />
}

interface AboutProps {
  row: ResultRow
  columns: readonly ResultColumn[]
  heading: React.RefObject<HTMLHeadingElement | null>
}

function About({ row, columns, heading }: AboutProps) {
  const { texts, formats, langOf } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.table
  const { machine, cells, isNew } = row
  const icons = columns.find((column) => column.icons)
  const reason = icons && columns.find((column) => column !== icons && column.under === undefined)
  const ofReason = columns.filter(({ under }) => reason && under === reason.key)
  const inFull = { formats, texts, nowMs, withClock: true }
  const title = columns[0]
  const named = machine?.name ?? (title ? cellWords(title, cells[title.key], inFull) : '')
  const told = [icons, reason, ...ofReason, ...(machine ? [] : [title])]
  const facts = columns.filter(
    (column) => !told.includes(column) && cells[column.key] != null && cells[column.key] !== '',
  )
  return (
    <>
      <h2 ref={heading} tabIndex={-1}>
        <bdi>{named}</bdi> {isNew && <span className="new">{words.newRow}</span>}
      </h2>
      {machine?.detail && (
        <p className="muted">
          <bdi>{machine.detail}</bdi>
        </p>
      )}
      {machine && (
        <HostLink path={hostPages.machine(machine.id)} className="btn go">
          {words.openInManager} <Icon name="external" />
        </HostLink>
      )}
      {icons && reason && (
        <>
          <h3 lang={langOf(reason.title)}>{reason.title}</h3>
          <ul className="whys">
            <Why
              icon={iconOf(icons, row)}
              words={String(cells[reason.key] ?? '–')}
              more={ofReason.flatMap((one) => (one.kind === 'text' ? [] : (underWords(one, row, inFull) ?? [])))}
            />
            {ofReason.map(
              (one) =>
                one.kind === 'text' &&
                cells[one.key] != null && (
                  <Why key={one.key} icon={undefined} words={String(cells[one.key])} more={[one.title]} />
                ),
            )}
          </ul>
        </>
      )}
      {facts.length > 0 && (
        <>
          <h3>{words.details}</h3>
          <dl className="facts">
            {facts.map((column) => [
              <dt key={`${column.key} dt`} lang={langOf(column.title)}>
                {headWords(column, formats)}
              </dt>,
              <dd key={column.key}>
                <bdi lang={langOf(cellWords(column, cells[column.key], inFull))}>
                  {cellWords(column, cells[column.key], inFull)}
                </bdi>
              </dd>,
            ])}
          </dl>
        </>
      )}
    </>
  )
}

interface WhyProps {
  icon: ReturnType<typeof iconOf>
  words: string
  more: readonly string[]
}

function Why({ icon, words, more }: WhyProps): ReactNode {
  const { langOf } = useSurroundings()
  return (
    <li>
      {icon ? <ResultIcon name={icon} /> : <Icon name="plus" />}
      <div>
        <b lang={langOf(words)}>{words}</b>
        {more.map((each) => (
          <p className="d" key={each} lang={langOf(each)}>
            {each}
          </p>
        ))}
      </div>
    </li>
  )
}

/** Goes back to the list, like the browser's button; without an earlier entry, the list replaces this one. */
function close(): void {
  if ((history.state as { opened?: boolean } | null)?.opened) history.back()
  else navigate(changedAddress({ row: undefined }), { replace: true })
}
