/** Told to Trackunit, in traces and in the OpenAPI document. */
export const version = '0.1.0'
