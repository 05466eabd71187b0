import { Link } from 'wouter'
import { ActionText } from './action-text.tsx'
import { Icon } from './icon.tsx'

export function Crumb({ to, children }: { to: string; children: string }) {
  return (
    <p className="crumb">
      <Link href={to}>
        <Icon name="left" size="sm" />
        <ActionText>{children}</ActionText>
      </Link>
    </p>
  )
}
