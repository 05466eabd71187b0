import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'
import type { Tone } from './tone.ts'

interface NoticeProps {
  tone: Tone
  icon: IconName
  heading: ReactNode
  /** 1 if the notice is the page's main sentence; undefined if it belongs to a row. */
  level?: 1 | 2
  slim?: boolean
  /** Buttons beside the words instead of under them. */
  aside?: ReactNode
  children?: ReactNode
}

/** What happened, what it means, what to do. */
export function Notice({ tone, icon, heading, level, slim, aside, children }: NoticeProps) {
  const Heading = level ? (`h${level}` as const) : 'p'
  const className = ['notice', tone, slim && 'slim', aside && 'row', level === 1 && 'whole'].filter(Boolean).join(' ')
  return (
    <div className={className}>
      <Icon name={icon} tone={tone} />
      <div>
        <Heading className="h">{heading}</Heading>
        {children}
      </div>
      {aside && <div className="btns">{aside}</div>}
    </div>
  )
}
