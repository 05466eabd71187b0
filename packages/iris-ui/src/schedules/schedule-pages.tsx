export { ReceiversPage } from '../receivers/receivers-page.tsx'
export { NewSchedulePage } from './new-schedule-page.tsx'
export { SchedulePage } from './schedule-page.tsx'
export { SchedulesPage } from './schedules-page.tsx'
