export { firstJavaScript } from './first-javascript.ts'
export { type StandinAppOptions, standinApp } from './standin-app.ts'
