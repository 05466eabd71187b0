import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from './compare.ts'
import { figure } from './print-table.ts'

export interface Results {
  at: string
  machine: { cores: number; model: string; node: string }
  rows: Row[]
}

export const resultsFolder = join(import.meta.dirname, 'results')
export const chartFile = join(import.meta.dirname, 'chart.svg')

/** The newest results of a whole run: a run of a few rows has fewer than the run before. */
export function newestResults(): Results | undefined {
  const all = readdirSync(resultsFolder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name): Results => JSON.parse(readFileSync(join(resultsFolder, name), 'utf8')))
  return all.findLast(({ rows }) => rows.length >= wholeRun)
}
const wholeRun = 15

export const writeChart = (results: Results): void => writeFileSync(chartFile, drawChart(results))

const [labelWidth, barWidth, figureWidth, lineHeight, top] = [400, 300, 250, 22, 44]
/** How far the scale goes, in times the goal and in its shares: the rows differ by a hundred times. */
const most = 8

/** Each row as a bar: how far beyond its goal, on a logarithmic scale, with the goal in the middle. */
export function drawChart({ at, machine, rows }: Results): string {
  const width = labelWidth + barWidth + figureWidth
  const height = top + rows.length * lineHeight + 12
  const middle = labelWidth + barWidth / 2
  const placeOf = (reached: number) =>
    middle + (Math.log(Math.min(most, Math.max(1 / most, reached))) / Math.log(most)) * (barWidth / 2)
  const lines = rows.map((row, index) => {
    const { name, value, unit, ratio, goal, stretch, better, met } = row
    const judged = ratio ?? value
    const reached = (bound: number) => (better === 'more' ? judged / bound : bound / judged)
    const of = ratio === null ? ` ${unit}` : ' ×'
    const y = top + index * lineHeight
    const [from, to] = [Math.min(middle, placeOf(reached(goal))), Math.max(middle, placeOf(reached(goal)))]
    const stretchAt = stretch === null ? undefined : placeOf(reached(goal) / reached(stretch))
    return [
      `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${escaped(short(name))}</text>`,
      `<rect class="${met ? 'met' : 'missed'}" x="${from.toFixed(1)}" y="${y + 3}" width="${Math.max(1, to - from).toFixed(1)}" height="13"/>`,
      ...(stretchAt === undefined
        ? []
        : [
            `<line class="stretch" x1="${stretchAt.toFixed(1)}" y1="${y + 1}" x2="${stretchAt.toFixed(1)}" y2="${y + 18}"/>`,
          ]),
      `<text x="${labelWidth + barWidth + 8}" y="${y + 13}">${escaped(`${figure(judged)}${of} (goal ${better === 'more' ? '≥' : '≤'} ${figure(goal)})${met ? '' : ' missed'}`)}</text>`,
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Benchmarks against their goals">
<style>
  svg { background: #fff; color: #1f2328; font: 12px system-ui, sans-serif; }
  text { fill: currentColor; }
  .met { fill: #1a7f37; } .missed { fill: #cf222e; }
  .goal { stroke: currentColor; } .stretch { stroke: currentColor; stroke-dasharray: 2 2; }
  @media (prefers-color-scheme: dark) { svg { background: #0d1117; color: #e6edf3; } .met { fill: #3fb950; } .missed { fill: #f85149; } }
</style>
<text x="8" y="18">${escaped(`${at.slice(0, 16).replace('T', ' ')} UTC, ${machine.cores} cores, Node ${machine.node}. Right of the line: the goal is met; dashed: what is possible at best.`)}</text>
<text x="${labelWidth}" y="36">1/${most}</text><text x="${middle}" y="36" text-anchor="middle">goal</text><text x="${labelWidth + barWidth}" y="36" text-anchor="end">${most} ×</text>
<line class="goal" x1="${middle}" y1="40" x2="${middle}" y2="${height - 8}"/>
${lines.join('\n')}
</svg>
`
}

/** The end of a name often tells two rows apart. */
const short = (name: string) =>
  name.length > 58 ? `${name.slice(0, 44).trimEnd()} … ${name.slice(-10).trimStart()}` : name
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
