import type { ResultColumn, ResultRow, Run } from '@standin/client'
import { Link } from 'wouter'
import { useNow } from '../formats/use-now.ts'
import { ActionText } from '../parts/action-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import { cellWords } from './cell-words.ts'
import { ResultIcon } from './result-icon.tsx'
import { iconOf, underWords } from './table-parts.tsx'

interface RowListProps {
  run: Pick<Run, 'id'>
  columns: readonly ResultColumn[]
  rows: readonly ResultRow[]
  /** Whether the rows are final: then each opens in its result. */
  isSure?: boolean
}

const small = (words: string) => words.charAt(0).toLowerCase() + words.slice(1)

/** A few rows without a table: what it is about, what its first column says, and its second one at the end. */
export function RowList({ run, columns, rows, isSure = false }: RowListProps) {
  const { texts, formats, langOf } = useSurroundings()
  const nowMs = useNow(60_000)
  const around = { texts, formats, nowMs }
  const [first, second] = columns.filter(
    ({ key, kind, under, icons }) =>
      kind !== 'place' && under === undefined && icons === undefined && rows.some(({ cells }) => cells[key] != null),
  )
  const under = columns.find((column) => column.under === first?.key && column.kind === 'moment')
  const icons = columns.find((column) => column.icons)

  return (
    <ul className="rows link">
      {rows.map((row, index) => {
        const icon = icons && iconOf(icons, row)
        const name = [row.machine?.name, row.machine?.detail].filter(Boolean).join(', ')
        const why = first && cellWords(first, row.cells[first.key], around)
        const since = under && small(underWords(under, row, around) ?? '')
        const title = <bdi lang={name ? undefined : langOf(why)}>{name || why}</bdi>
        return (
          <li key={row.id}>
            {icon ? <ResultIcon name={icon} /> : <Icon name="truck" tone="wait" />}
            <div>
              <p className="t">
                {isSure ? <Link href={`${addresses.run(run.id)}?row=${index + 1}`}>{title}</Link> : title}
              </p>
              {name && (
                <p className="d">
                  <ActionText>{why}</ActionText>
                  {since && `, ${since}`}
                </p>
              )}
            </div>
            <div className="e">
              <bdi>
                <ActionText>{second && cellWords(second, row.cells[second.key], around)}</ActionText>
              </bdi>
            </div>
          </li>
        )
      })}
    </ul>
  )
}
