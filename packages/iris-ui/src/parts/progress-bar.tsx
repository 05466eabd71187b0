interface ProgressBarProps {
  label: string
  done: number
  /** Null: how much there is, is not known yet. */
  total: number | null
  /** What a screen reader says instead of a bare percentage. */
  valueText: string
  held: boolean
}

export function ProgressBar({ label, done, total, valueText, held }: ProgressBarProps) {
  const percent = total ? Math.min(100, Math.round((done / total) * 100)) : undefined
  return (
    <div
      className={['prog', held && 'held', percent === undefined && 'open'].filter(Boolean).join(' ')}
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
