/**
 * What people call a time zone, as a part of a sentence: `Copenhagen time`, `heure d’Europe centrale`. The names of cities are
 * English in the zone's own name, so other languages name the region's time.
 * @param timeZone an IANA time zone, such as `Europe/Copenhagen`
 * @param language a BCP 47 tag
 */
export function zoneName(timeZone: string, language: string): string {
  if (/^(Etc\/)?UTC$/.test(timeZone)) return 'UTC'
  if (/^en\b/i.test(language)) return `${(timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')} time`
  const format = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: 'longGeneric' })
  // The name is the same in summer and winter, but not in every decade.
  return format.formatToParts(Date.UTC(2026, 0)).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone
}
