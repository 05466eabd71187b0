import type { ResultColumn } from '@standin/client'
import type { ReactElement } from 'react'

type RowIcon = NonNullable<ResultColumn['icons']>[number]['icon']

const shapes: Record<RowIcon | 'list' | 'pin' | 'tune', ReactElement> = {
  'no-signal': (
    <path d="M5 9.5a10.5 10.5 0 0 1 3-1.9M2 6.5A15 15 0 0 1 6 4M19 9.5a10.4 10.4 0 0 0-5-2.4M22 6.5a15 15 0 0 0-9-3M8.5 13.5a5 5 0 0 1 1.5-1M3.5 3.5l17 17M12 18.5v.1" />
  ),
  battery: (
    <>
      <rect x="2.5" y="7.5" width="16" height="9" rx="1.5" />
      <path d="M21.5 10.5v3M5.5 10.5v3" />
    </>
  ),
  wrench: (
    <path d="M14.5 6.5a4.5 4.5 0 0 1 5.8-2.3l-2.9 2.9.8 2.2 2.2.8 0-.1a4.5 4.5 0 0 1-6.2 3.3L8 19.5a2.1 2.1 0 0 1-3-3l6.3-6.2a4.5 4.5 0 0 1 3.2-3.8Z" />
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 7v5.2l3.2 2" />
    </>
  ),
  fuel: (
    <path d="M4.5 20.5V5a1.5 1.5 0 0 1 1.5-1.5h6A1.5 1.5 0 0 1 13.5 5v15.5M3 20.5h12M4.5 11h9M13.5 12.5h2a1.5 1.5 0 0 1 1.5 1.5v2.5a1.6 1.6 0 0 0 3.2 0V9l-3-3" />
  ),
  satellite: (
    <path d="m9.5 14.5-3 3L3 14l3-3M14.5 9.5l3-3L21 10l-3 3M9 9l6 6-2.5 2.5-6-6ZM4 20.5h.1M7.5 20.5a4 4 0 0 0-4-4" />
  ),
  machine: (
    <>
      <path d="M2.5 16V6.5h11V16M13.5 9.5h4l4 4V16h-2M9 17h6M2.5 16h1.7" />
      <circle cx="6.5" cy="17" r="2.2" />
      <circle cx="17.3" cy="17" r="2.2" />
    </>
  ),
  list: <path d="M8.5 6.5h11M8.5 12h11M8.5 17.5h11M4.5 6.5v.1M4.5 12v.1M4.5 17.5v.1" />,
  pin: (
    <>
      <path d="M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11Z" />
      <circle cx="12" cy="10" r="2.3" />
    </>
  ),
  tune: (
    <>
      <path d="M4 7.5h9m6 0h1M4 16.5h1m6 0h9" />
      <circle cx="16" cy="7.5" r="2.5" />
      <circle cx="8" cy="16.5" r="2.5" />
    </>
  ),
}

/** Decorative: the words beside it say the same. */
export function ResultIcon({ name }: { name: keyof typeof shapes }) {
  return (
    <svg className="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {shapes[name]}
    </svg>
  )
}
