import type { ComponentProps } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface ButtonProps extends ComponentProps<'button'> {
  look?: 'go' | 'stop' | 'risk' | 'quiet'
  icon?: IconName
  busy?: boolean
  /** Stays focusable, so that screen readers announce its reason (`aria-describedby`). */
  off?: boolean
}

export function Button({ look, icon, busy, off, onClick, children, className, type = 'button', ...rest }: ButtonProps) {
  const still = off || busy
  return (
    <button
      // A busy or disabled button does not submit a form.
      type={still ? 'button' : type}
      className={['btn', look, className].filter(Boolean).join(' ')}
      aria-busy={busy || undefined}
      aria-disabled={still || undefined}
      onClick={still ? undefined : onClick}
      {...rest}
    >
      {busy ? <Icon name="spin" spinning /> : icon && <Icon name={icon} />}
      {children}
    </button>
  )
}
