/** An approximate duration, never in seconds. */
export type TimeLeft =
  | { unit: 'moment' }
  | { unit: 'minutes'; minutes: number }
  | { unit: 'hours'; hours: number; minutes: number }

export function timeLeft(seconds: number): TimeLeft {
  if (seconds < 45) return { unit: 'moment' }
  if (seconds < 3_570) return { unit: 'minutes', minutes: Math.max(1, Math.round(seconds / 60)) }

  // The longer it takes, the less sure it is: tens of minutes, then whole hours.
  const minutes = Math.round(seconds / 600) * 10
  if (minutes >= 600) return { unit: 'hours', hours: Math.round(minutes / 60), minutes: 0 }
  return { unit: 'hours', hours: Math.floor(minutes / 60), minutes: minutes % 60 }
}
