/** PostgreSQL's numbers of the array types that are read, and how an element of each is understood. */
const elementOf: Readonly<Record<number, (element: string) => string | number>> = {
  /** text[], varchar[] and uuid[] */
  1009: String,
  1015: String,
  2951: String,
  /** int4[], float8[]; int8[] and numeric[] stay texts, as the driver reads those outside of arrays. */
  1007: Number,
  1022: Number,
  1016: String,
  1231: String,
}

/**
 * For a client that reads arrays without the driver's own look at the types, which is off (`connectionOptions`): without
 * these an array comes as text.
 */
export const arrayTypes = Object.fromEntries(
  Object.entries(elementOf).map(([type, understand]) => [
    `array_${type}`,
    {
      to: Number(type),
      from: [Number(type)],
      serialize: (given: string | readonly unknown[]) => (typeof given === 'string' ? given : arrayText(given)),
      parse: (text: string) => elements(text, understand),
    },
  ]),
)

/** An array as PostgreSQL writes one. */
export function arrayText(values: readonly unknown[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`
}

/** The elements of an array of one dimension. */
export function elements<Element>(text: string, understand: (element: string) => Element): Array<Element | null> {
  const found = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs)
  return [...found].map(([, quoted, bare]) => {
    if (quoted !== undefined) return understand(quoted.replaceAll(/\\(.)/gs, '$1'))
    return bare === undefined || bare === 'NULL' ? null : understand(bare)
  })
}
