import type { ResultChart } from '@standin/client'
import { useId } from 'react'
import { Icon } from '../parts/icon.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { changeOf } from './change-of.ts'

type ComparedChart = ResultChart & { kind: 'compared' }
type Row = ComparedChart['groupings'][number]['rows'][number]

/** What is compared, the worst first: its last value, the change from the period before, and all periods as columns. */
export function ComparedChart({ chart }: { chart: ComparedChart }) {
  const { texts } = useSurroundings()
  const words = texts.table
  const id = useId()
  const [address, setAddress] = useAddressState()
  const { groupings, periods, title } = chart
  const shown = groupings.find(({ key }) => key === address.get('by')) ?? groupings[0]
  const last = periods.at(-1)?.label ?? ''
  const before = periods.at(-2)?.label
  const first = periods[0]?.label ?? ''
  if (!shown) return null
  const largest = Math.max(...shown.rows.flatMap(({ values }) => values).filter((value) => value !== null), 0)

  return (
    <section className="sec compared" aria-labelledby={id} data-chart="compared">
      <div className="uhead">
        <h2 id={id}>{words.worstFirst(title, shown.label)}</h2>
        {groupings.length > 1 && (
          <fieldset className="seg">
            <legend className="vh">{words.groupBy}</legend>
            {groupings.map(({ key, label }) => (
              <button
                key={key}
                type="button"
                aria-pressed={key === shown.key}
                onClick={() => setAddress({ by: key === groupings[0]?.key ? undefined : key })}
              >
                {key === shown.key && <Icon name="check" size="sm" />}
                {label}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <table className="ut">
        <caption className="vh">{words.worstFirst(title, shown.label)}</caption>
        <thead>
          <tr>
            <th scope="col">{shown.title}</th>
            <th scope="col">{words.valueIn(title, last)}</th>
            <th scope="col">{before && words.against(before)}</th>
            <th scope="col">{words.fromTo(first, last)}</th>
          </tr>
        </thead>
        <tbody>
          {shown.rows.map((row) => (
            <ComparedRow key={row.label} row={row} chart={chart} largest={largest} />
          ))}
        </tbody>
      </table>
      {chart.partialNote && (
        <p className="note">
          <i className="part" aria-hidden="true" />
          <span>{chart.partialNote}</span>
        </p>
      )}
      {chart.note && <p className="small muted note2">{chart.note}</p>}
    </section>
  )
}

function ComparedRow({ row, chart, largest }: { row: Row; chart: ComparedChart; largest: number }) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const { unit, periods, isMoreWorse } = chart
  const say = (value: number | null | undefined) =>
    value == null ? words.noData : formats.quantity.withUnit(unit, Math.round(value))
  const value = row.values.at(-1) ?? null
  const change = changeOf(row.values, isMoreWorse)
  const part = (of: number | null | undefined) => (largest > 0 ? ((of ?? 0) / largest) * 100 : 0)

  return (
    <tr>
      <th scope="row">
        <bdi className="mach">{row.label}</bdi>
        {row.detail && <div className="d">{row.detail}</div>}
      </th>
      <td>
        <span className="ubar">
          <b className="num">{say(value)}</b>
          <i style={{ width: `${part(value)}%` }} />
        </span>
      </td>
      <td>
        {change && (
          <span className={`st ${change.tone}`}>
            <Icon name={change.icon} size="sm" />
            {words.changed(change.direction, change.by, formats.number(change.by))}
          </span>
        )}
      </td>
      <td>
        <span className="spark" aria-hidden="true">
          {periods.map(({ label, isPartial }, nth) => (
            <i
              key={label}
              className={
                row.values[nth] == null ? 'gap' : isPartial ? 'part' : nth === periods.length - 1 ? 'last' : undefined
              }
              style={{ height: `${part(row.values[nth])}%` }}
            />
          ))}
        </span>
        <span className="vh">
          {periods.map(({ label }, nth) => words.labelled(label, say(row.values[nth]))).join(', ')}
        </span>
      </td>
    </tr>
  )
}
