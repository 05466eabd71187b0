// Draws the chart of the README again, from the newest results: `node scripts/bootstrap.mjs node bench/draw-newest.ts`.
import { newestResults, writeChart } from './draw-chart.ts'

const newest = newestResults()
if (newest) writeChart(newest)
