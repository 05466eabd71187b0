/** Put in by the bundler of whoever builds (`define`), so that this source knows none of them. */
declare const STANDIN_SERVER_URL: string

export const environment = { serverUrl: STANDIN_SERVER_URL }
