import type { Row } from './compare.ts'

export const figure = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toLocaleString('en', { maximumSignificantDigits: 3 })

/** The rows as a table; rows that missed their goal are marked. */
export function printTable(rows: readonly Row[]): string {
  const head = ['', 'ours', 'peer', 'ratio', 'goal', 'stretch', 'CPU µs (peer)']
  const body = rows.map(({ name, value, unit, reference, ratio, goal, stretch, better, met, stretchMet, ...row }) => [
    `${met ? '  ' : '✗ '}${name}`,
    `${figure(value)} ${unit}`,
    reference ? `${figure(reference.value)} (${reference.name})` : '',
    ratio === null ? '' : `${figure(ratio)} ×`,
    `${better === 'more' ? '≥' : '≤'} ${figure(goal)}${ratio === null ? ` ${unit}` : ' ×'}${met ? '' : ' MISSED'}`,
    stretch === null ? '' : `${figure(stretch)}${stretchMet ? ' met' : ''}`,
    row.cpuMicrosPerRequest === null
      ? ''
      : `${figure(row.cpuMicrosPerRequest)}${row.referenceCpuMicrosPerRequest === null ? '' : ` (${figure(row.referenceCpuMicrosPerRequest)})`}`,
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((line) => line[column]?.length ?? 0)))
  return [head, ...body]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
