export { PreviewPage } from './preview-page.tsx'
export { RunPage } from './run-page.tsx'
export { RunsPage } from './runs-page.tsx'
