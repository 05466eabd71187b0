import type { ResultChart, RunResult } from '@standin/client'
import { useId, useState } from 'react'
import { ActionText } from '../parts/action-text.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { axisTop } from './chart-to-draw.ts'

type StackedChart = ResultChart & { kind: 'stacked' }
type Values = StackedChart['columns'][number]['values']

/**
 * Columns of HTML boxes, so that their text has the normal size at every width. The label under a column is a button that
 * shows only its rows; the numbers of a column stand below while it has the focus or the pointer.
 */
export function StackedChart({ chart, facets }: { chart: StackedChart; facets: RunResult['facets'] }) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const id = useId()
  const [address, setAddress] = useAddressState()
  const [looked, setLooked] = useState<string>()
  const { series, columns, unit } = chart
  const parameter = `f.${chart.column}`
  const chosen = address.get(parameter)
  const values = facets.find(({ key }) => key === chart.column)?.values ?? []
  const valueOfLabel = (label: string) => values.find(({ message }) => message === label)?.value
  const sums = columns.map(({ values }) => series.reduce((sum, { key }) => sum + (values[key] ?? 0), 0))
  const top = axisTop(Math.max(...sums))
  const steps = [3, 2, 1, 0].map((step) => formats.quantity.withUnit(unit, (top / 3) * step))
  // The last series is on top and hatched; with two series its share is shown under each column.
  const upper = series.at(-1)
  const isGap = (values: Values) => series.every(({ key }) => values[key] == null)
  const share = (values: Values, sum: number) =>
    isGap(values) || sum === 0 || !upper ? '–' : formats.percent((values[upper.key] ?? 0) / sum)
  const numbers = ({ values, note }: StackedChart['columns'][number]) =>
    [
      ...series.map(({ key, label }) => {
        const value = values[key]
        return `${label} ${value == null ? words.noData : formats.quantity.withUnit(unit, value)}`
      }),
      note,
    ]
      .filter(Boolean)
      .join(', ')
  const press = (value: string) => setAddress({ [parameter]: value === chosen ? undefined : value, row: undefined })
  const said =
    columns.find(({ label }) => label === looked) ?? columns.find(({ label }) => valueOfLabel(label) === chosen)

  return (
    <section className="sec" aria-labelledby={id} data-chart="stacked">
      <h2 id={id}>
        <ActionText>{chart.title}</ActionText>
      </h2>
      <figure className="cc" aria-labelledby={id}>
        <div className="legend" aria-hidden="true">
          {series.toReversed().map(({ key, label }, nth) => (
            <span key={key}>
              <i className={markOf(series.length - 1 - nth, series.length)} />
              {label}
            </span>
          ))}
        </div>
        <div className="cc-plot">
          <div className="cc-y" aria-hidden="true">
            {steps.map((step) => (
              <span key={step}>{step}</span>
            ))}
          </div>
          <div className="cc-x" aria-hidden="true">
            {columns.map(({ label, values }) => {
              const value = valueOfLabel(label)
              return (
                // biome-ignore lint/a11y/noStaticElementInteractions: the button below the column does the same
                // biome-ignore lint/a11y/useKeyWithClickEvents: the button below the column does the same
                <div
                  key={label}
                  className={[isGap(values) && 'gap', chosen !== null && value !== chosen && 'off', value && 'press']
                    .filter(Boolean)
                    .join(' ')}
                  onPointerEnter={() => setLooked(label)}
                  onPointerLeave={() => setLooked(undefined)}
                  onClick={() => value !== undefined && press(value)}
                >
                  {isGap(values)
                    ? words.noData
                    : series
                        .toReversed()
                        .map(({ key }, nth) => (
                          <i
                            key={key}
                            className={markOf(series.length - 1 - nth, series.length)}
                            style={{ height: `${((values[key] ?? 0) / top) * 100}%` }}
                          />
                        ))}
                </div>
              )
            })}
          </div>
          <div className="cc-l">
            {columns.map((column, nth) => {
              const value = valueOfLabel(column.label)
              const drawn = (
                <>
                  {series.length === 2 && <b>{share(column.values, sums[nth] ?? 0)}</b>}
                  {column.label}
                </>
              )
              if (value === undefined)
                return (
                  <span key={column.label}>
                    {drawn} <span className="vh">{numbers(column)}</span>
                  </span>
                )
              return (
                <button
                  key={column.label}
                  type="button"
                  aria-pressed={value === chosen}
                  onFocus={() => setLooked(column.label)}
                  onBlur={() => setLooked(undefined)}
                  onClick={() => press(value)}
                >
                  {drawn} <span className="vh">{numbers(column)}</span>
                </button>
              )
            })}
          </div>
        </div>
        <p className="cc-said small muted num" aria-hidden="true">
          {said ? words.labelled(said.label, numbers(said)) : values.length > 0 ? words.pressWeek : ''}
        </p>
      </figure>
      {chart.note && <p className="small muted foot">{chart.note}</p>}
    </section>
  )
}

const markOf = (index: number, count: number) => (count > 1 && index === count - 1 ? 'hatch' : `c${index + 1}`)
