import app from '../../../standin.config.ts'

/** Set by the build (`define`), so that the source names no address. */
declare const STANDIN_SERVER_URL: string

export const environment = { serverUrl: STANDIN_SERVER_URL, app }
