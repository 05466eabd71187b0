interface ProgressBarProps {
  label: string
  /** From 0 to 1; null while the total is unknown. */
  share: number | null
  /** What a screen reader reads instead of a bare percentage. */
  valueText: string
  /** Whether it waits, or has stopped on the way. */
  look?: 'held' | 'part' | undefined
  size?: 'large'
}

export function ProgressBar({ label, share, valueText, look, size }: ProgressBarProps) {
  const percent = share === null ? undefined : Math.min(100, Math.floor(share * 100))
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
