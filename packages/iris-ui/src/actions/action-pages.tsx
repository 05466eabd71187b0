export { ActionPage } from './action-page.tsx'
export { CataloguePage } from './catalogue-page.tsx'
