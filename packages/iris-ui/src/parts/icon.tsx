import type { ReactElement } from 'react'
import type { Tone } from './tone.ts'

const shapes = {
  bad: (
    <>
      <path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3Z" />
      <path d="m9 9 6 6m0-6-6 6" />
    </>
  ),
  calendar: (
    <>
      <rect x="3.5" y="5" width="17" height="15.5" rx="2" />
      <path d="M3.5 10h17M8 3v4M16 3v4" />
    </>
  ),
  check: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="m8.2 12.4 2.6 2.6 5-5.6" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 7v5.2l3.2 2" />
    </>
  ),
  cloudOff: (
    <path d="m4 4 16 16M7 18.5h9.5M20.3 16.7a4 4 0 0 0-2.7-6.15A6 6 0 0 0 9.3 6.6M6.2 9.7A4.5 4.5 0 0 0 7 18.5" />
  ),
  copy: (
    <>
      <rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2" />
      <path d="M15.5 8.5V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5" />
    </>
  ),
  cross: <path d="m6 6 12 12M18 6 6 18" />,
  down: <path d="m5 9 7 7 7-7" />,
  download: <path d="M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M4.5 19.5h15" />,
  eye: (
    <>
      <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
      <circle cx="12" cy="12" r="2.8" />
    </>
  ),
  fall: <path d="M12 4v15m0 0 6-6m-6 6-6-6" />,
  external: <path d="M9 5H5v14h14v-4M13 5h6v6M19 5l-9 9" />,
  file: <path d="M6 3.5h8l4.5 4.5v12.5H6ZM13.5 3.5V8.500h5" />,
  find: (
    <>
      <circle cx="10.5" cy="10.5" r="6.5" />
      <path d="m20 20-4.8-4.8" />
    </>
  ),
  left: <path d="m15 5-7 7 7 7" />,
  minus: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M8 12h8" />
    </>
  ),
  off: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="m5.8 5.8 12.4 12.4" />
    </>
  ),
  pause: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9.8 9v6M14.2 9v6" />
    </>
  ),
  pen: <path d="m4 20 1-4.5L16 4.5 19.5 8 8.5 19ZM13.5 7l3.5 3.5" />,
  play: <path d="M7 4.5v15l12.5-7.5Z" />,
  plus: <path d="M12 5v14M5 12h14" />,
  redo: <path d="M20 12a8 8 0 1 1-2.6-5.9L20 8.5M20 3.5v5h-5" />,
  right: <path d="m9 5 7 7-7 7" />,
  rise: <path d="M12 20V5m0 0-6 6m6-6 6 6" />,
  same: <path d="M5 12h14" />,
  run: (
    <>
      <path d="M12 3a9 9 0 1 1-9 9" />
      <path d="M12 7.5V12l3 1.8" />
    </>
  ),
  send: (
    <>
      <path d="M20.5 4 3.5 10.5l6.5 3.2 3.2 6.6Z" />
      <path d="m10 13.7 4.5-4.5" />
    </>
  ),
  shield: (
    <>
      <path d="M12 3 4.5 6v5.5c0 4.6 3.1 7.9 7.5 9.5 4.4-1.6 7.5-4.9 7.5-9.5V6Z" />
      <path d="M12 9.2V13M12 15.9v.1" />
    </>
  ),
  spin: <path d="M12 3a9 9 0 1 1-8.6 6.4" />,
  stop: <rect x="6" y="6" width="12" height="12" rx="1.5" />,
  todo: <circle cx="12" cy="12" r="9" strokeDasharray="2.6 3" />,
  truck: (
    <>
      <path d="M2.5 16V6.5h11V16M13.5 9.5h4l4 4V16h-2M9 17h6M2.5 16h1.7" />
      <circle cx="6.5" cy="17" r="2.2" />
      <circle cx="17.3" cy="17" r="2.2" />
    </>
  ),
  up: <path d="m5 15 7-7 7 7" />,
  warn: (
    <>
      <path d="M12 3.8 21.2 20H2.8Z" />
      <path d="M12 10v4.2M12 17.1v.1" />
    </>
  ),
} satisfies Record<string, ReactElement>

export type IconName = keyof typeof shapes

interface IconProps {
  name: IconName
  tone?: Tone
  size?: 'sm' | 'lg'
  spinning?: boolean
  /** Needed only if no text beside it says the same. */
  label?: string
}

export function Icon({ name, tone, size, spinning, label }: IconProps) {
  const className = ['i', tone, size, spinning && 'spin'].filter(Boolean).join(' ')
  const drawing = { className, viewBox: '0 0 24 24', focusable: false, children: shapes[name] }

  return label ? <svg {...drawing} role="img" aria-label={label} /> : <svg {...drawing} aria-hidden="true" />
}
