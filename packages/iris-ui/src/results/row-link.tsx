import type { ResultRow } from '@standin/client'
import type { MouseEvent, ReactNode } from 'react'
import { hostPages } from '../host-pages.ts'
import { changedAddress, hashHref, navigate, useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'

interface RowLinkProps {
  row: ResultRow
  /** Its place in the list as it is filtered and sorted, from 0; undefined while the list still changes. */
  index: number | undefined
  isOpen: boolean
  children: ReactNode
}

/**
 * Opens the row beside the list. In another tab, or copied, it is the machine's page in Manager: the app alone, without
 * Manager around it, shows nothing.
 */
export function RowLink({ row: { machine }, index, isOpen, children }: RowLinkProps) {
  const { host } = useSurroundings()
  useAddressState()
  const inManager = machine ? hostPages.machine(machine.id) : undefined
  const open = index === undefined ? undefined : changedAddress({ row: String(index + 1) })
  const href = (inManager && host.addressOf?.(inManager)) ?? (open && hashHref(open))
  if (!href) return <b>{children}</b>

  function press(event: MouseEvent): void {
    if (!isPlainClick(event)) return
    event.preventDefault()
    if (open) navigate(open, { replace: isOneOpen(), state: { opened: true } })
    else if (inManager) host.navigateInHost(inManager)
  }
  return (
    <a className="mach" href={href} aria-current={isOpen || undefined} data-machine={machine?.id} onClick={press}>
      {children}
    </a>
  )
}

/** A link into Manager, which is opened without leaving Manager's page. */
export function HostLink({ path, className, children }: { path: string; className: string; children: ReactNode }) {
  const { host } = useSurroundings()
  function press(event: MouseEvent): void {
    if (!isPlainClick(event)) return
    event.preventDefault()
    host.navigateInHost(path)
  }
  return (
    <a className={className} href={host.addressOf?.(path) ?? path} onClick={press}>
      {children}
    </a>
  )
}

const isOneOpen = () => /[?&]row=/.test(location.hash)

/** Another tab, another window and a download are the browser's own. */
const isPlainClick = ({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent) =>
  button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey
