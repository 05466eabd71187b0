interface ProgressBarProps {
  label: string
  done: number
  /** Null: how much there is, is not known yet. */
  total: number | null
  /** What a screen reader says instead of a bare percentage. */
  valueText: string
  /** It waits, or it stopped on the way. */
  look?: 'held' | 'part' | undefined
  size?: 'large'
}

export function ProgressBar({ label, done, total, valueText, look, size }: ProgressBarProps) {
  const percent = total ? Math.min(100, Math.round((done / total) * 100)) : undefined
  return (
    <div
      className={['prog', look, size, percent === undefined && 'open'].filter(Boolean).join(' ')}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={valueText}
    >
      <i style={{ width: `${percent ?? 0}%` }} />
    </div>
  )
}
