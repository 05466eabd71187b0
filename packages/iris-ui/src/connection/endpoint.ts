/** @param serverUrl where Standin's server is, without a path */
export const endpointOf = (serverUrl: string) => `${serverUrl.replace(/\/+$/, '')}/trpc`
