import type { ResultChart } from '@standin/client'
import { type ReactNode, useId } from 'react'
import { useSurroundings } from '../surroundings.ts'
import { axisTop } from './chart-to-draw.ts'

/** Charts are HTML boxes, so that their text has the normal size at every width. */
export function ChartSection({ chart, children }: { chart: ResultChart & { others?: number }; children?: ReactNode }) {
  const id = useId()
  return (
    <section className="sec" aria-labelledby={id} data-chart={chart.kind}>
      {children ? (
        <div className="h2">
          <h2 id={id}>{chart.title}</h2>
          {children}
        </div>
      ) : (
        <h2 id={id}>{chart.title}</h2>
      )}
      {chart.kind === 'bars' ? <Bars chart={chart} others={chart.others} /> : <Stacked chart={chart} id={id} />}
      {chart.note && <p className="small muted foot">{chart.note}</p>}
    </section>
  )
}

type BarsChart = ResultChart & { kind: 'bars' }
type StackedChart = ResultChart & { kind: 'stacked' }

function Bars({ chart: { bars, unit }, others }: { chart: BarsChart; others: number | undefined }) {
  const { texts, formats } = useSurroundings()
  const rows = [...bars, ...(others === undefined ? [] : [{ label: texts.table.other, value: others, other: true }])]
  const largest = Math.max(...rows.map(({ value }) => value), 1)
  return (
    <dl className="bars">
      {rows.map((row) => (
        <Bar
          key={row.label}
          label={row.label}
          share={row.value / largest}
          words={formats.quantity.withUnit(unit, row.value)}
          isOther={'other' in row}
        />
      ))}
    </dl>
  )
}

function Bar({ label, share, words, isOther }: { label: string; share: number; words: string; isOther: boolean }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <i className={isOther ? 'other' : undefined} style={{ width: `calc((100% - 6rem) * ${share})` }} />
        <b>{words}</b>
      </dd>
    </>
  )
}

function Stacked({ chart, id }: { chart: StackedChart; id: string }) {
  const { texts, formats } = useSurroundings()
  const { series, columns, unit } = chart
  const sums = columns.map(({ values }) => series.reduce((sum, { key }) => sum + (values[key] ?? 0), 0))
  const top = axisTop(Math.max(...sums))
  const steps = [3, 2, 1, 0].map((step) => formats.quantity.withUnit(unit, (top / 3) * step))
  // The last series is on top and hatched; with two series its share is shown under each column.
  const upper = series.at(-1)
  const isGap = (values: Record<string, number | null>) => series.every(({ key }) => values[key] == null)
  const share = (values: Record<string, number | null>, sum: number) =>
    isGap(values) || sum === 0 || !upper ? '–' : formats.percent((values[upper.key] ?? 0) / sum)

  return (
    <figure className="cc" aria-labelledby={id}>
      <div className="legend" aria-hidden="true">
        {series.toReversed().map(({ key, label }) => (
          <span key={key}>
            <i
              className={markOf(
                series.findIndex((one) => one.key === key),
                series.length,
              )}
            />
            {label}
          </span>
        ))}
      </div>
      <div className="cc-plot" aria-hidden="true">
        <div className="cc-y">
          {steps.map((step) => (
            <span key={step}>{step}</span>
          ))}
        </div>
        <div className="cc-x">
          {columns.map(({ label, values }) =>
            isGap(values) ? (
              <div className="gap" key={label}>
                {texts.table.noData}
              </div>
            ) : (
              <div key={label}>
                {series.toReversed().map(({ key }) => (
                  <i
                    key={key}
                    className={markOf(
                      series.findIndex((one) => one.key === key),
                      series.length,
                    )}
                    style={{ height: `${((values[key] ?? 0) / top) * 100}%` }}
                  />
                ))}
              </div>
            ),
          )}
        </div>
        <div className="cc-l">
          {columns.map(({ label, values }, index) => (
            <span key={label}>
              {series.length === 2 && <b>{share(values, sums[index] ?? 0)}</b>}
              {label}
            </span>
          ))}
        </div>
      </div>
      <ChartNumbers chart={chart} />
    </figure>
  )
}

/** The same numbers as a table, for screen readers. */
function ChartNumbers({ chart: { title, series, columns, unit } }: { chart: StackedChart }) {
  const { texts, formats } = useSurroundings()
  return (
    <div className="vh">
      <table>
        <caption>{texts.table.chartTable(title)}</caption>
        <thead>
          <tr>
            <td />
            {series.map(({ key, label }) => (
              <th scope="col" key={key}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map(({ label, values, note }) => (
            <tr key={label}>
              <th scope="row">{[label, note].filter(Boolean).join(', ')}</th>
              {series.map(({ key }) => {
                const value = values[key]
                return <td key={key}>{value == null ? texts.table.noData : formats.quantity.withUnit(unit, value)}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const markOf = (index: number, count: number) => (count > 1 && index === count - 1 ? 'hatch' : `c${index + 1}`)
