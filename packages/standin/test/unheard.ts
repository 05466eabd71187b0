import type { Notices } from '../src/database/notices.ts'

/** For writes that nobody needs to hear of. */
export const unheard: Notices = { send: () => {} }
