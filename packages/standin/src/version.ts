/** Sent to Trackunit, and shown in traces and in the OpenAPI document. */
export const version = '0.1.0'
