/** Set by the build (`define`), so that the source names no address. */
declare const STANDIN_SERVER_URL: string

export const environment = { serverUrl: STANDIN_SERVER_URL }
