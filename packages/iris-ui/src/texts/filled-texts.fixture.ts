/** Every text of a language by its path; a text with gaps is called with words for them. */
export function filledTexts(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]])
  if (typeof value === 'function') {
    const filled: unknown = fill(value)
    return new Map(typeof filled === 'string' ? [[path, filled]] : [])
  }
  if (typeof value !== 'object' || value === null) return new Map()
  return new Map(Object.entries(value).flatMap(([key, part]) => [...filledTexts(part, path ? `${path}.${key}` : key)]))
}

const moment = { kind: 'today', day: 'DAY', shortDay: 'DAY', clock: 'CLOCK' }
// biome-ignore lint/complexity/noBannedTypes: of a text's gaps nothing is known here but that it has some
function fill(text: Function): unknown {
  for (const gap of [
    'GAP',
    moment,
    3,
    { unit: 'minutes', minutes: 3 },
    { hours: 1, minutes: 2, seconds: 3 },
    ['GAP'],
    {},
  ]) {
    try {
      const said: unknown = text(gap, 'GAP', 'GAP')
      if (typeof said === 'string' && !said.includes('[object') && !said.includes('undefined')) return said
    } catch {}
  }
  return undefined
}
