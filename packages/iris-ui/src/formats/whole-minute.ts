/** Rounds up to the minute, so that a time that is shown without seconds is never too early. */
export const wholeMinute = (ms: number): number => Math.ceil(ms / 60_000) * 60_000
