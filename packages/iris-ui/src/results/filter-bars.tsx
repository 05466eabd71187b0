import type { ResultChart, RunResult } from '@standin/client'
import { ActionText } from '../parts/action-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'

type BarsChart = ResultChart & { kind: 'bars'; others?: number }

/** Bars with their numbers. Each shows only its rows when it is pressed, and all of them when it is pressed again. */
export function FilterBars({ chart, facets }: { chart: BarsChart; facets: RunResult['facets'] }) {
  const { texts, formats, langOf } = useSurroundings()
  const words = texts.table
  const [address, setAddress] = useAddressState()
  const parameter = `f.${chart.column}`
  const chosen = address.get(parameter)
  const values = facets.find(({ key }) => key === chart.column)?.values ?? []
  const bars = [
    ...chart.bars,
    ...(chart.others === undefined ? [] : [{ label: words.other, value: chart.others, isOther: true }]),
  ]
  const largest = Math.max(...bars.map(({ value }) => value), 1)
  const hint = values.length === 0 ? undefined : chosen === null ? words.pressBar : words.pressAgain

  return (
    <>
      <ul className={chosen === null ? 'fbars' : 'fbars chosen'}>
        {bars.map((bar) => {
          const facet = 'isOther' in bar ? undefined : values.find(({ message }) => message === bar.label)
          const isPressed = facet !== undefined && facet.value === chosen
          const drawn = (
            <>
              <span className="l">
                {isPressed && <Icon name="check" size="sm" />}
                <bdi lang={langOf(bar.label)}>{bar.label}</bdi>
                {facet && facet.newRows > 0 && (
                  <span className="new">{words.newCount(formats.number(facet.newRows))}</span>
                )}
              </span>
              <b className="num">{formats.quantity.withUnit(chart.unit, bar.value)}</b>
              <i
                className={'isOther' in bar ? 'other' : undefined}
                style={{ width: `${(bar.value / largest) * 100}%` }}
              />
            </>
          )
          return (
            <li key={bar.label}>
              {facet ? (
                <button
                  type="button"
                  className="fbar"
                  aria-pressed={isPressed}
                  onClick={() => setAddress({ [parameter]: isPressed ? undefined : facet.value, row: undefined })}
                >
                  {drawn}
                </button>
              ) : (
                <div className="fbar">{drawn}</div>
              )}
            </li>
          )
        })}
      </ul>
      {(hint || chart.note) && (
        <p className="small muted">
          {hint} <ActionText>{chart.note}</ActionText>
        </p>
      )}
    </>
  )
}

/** How many of the bars' rows are new. */
export function newRowsOf(chart: Pick<BarsChart, 'column'>, facets: RunResult['facets']): number {
  const values = facets.find(({ key }) => key === chart.column)?.values ?? []
  return values.reduce((sum, { newRows }) => sum + newRows, 0)
}
