export { FirstVisit } from '../first-days/first-visit.tsx'
export { InstallationNotice } from './installation-notice.tsx'
export { OverviewRows } from './overview-rows.tsx'
