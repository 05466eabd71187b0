import { useCallback, useSyncExternalStore } from 'react'
import { noteScroll } from './kept-scroll.ts'

/**
 * The app's address is the fragment of the frame's: `#/activity?what=changed`, path and filters in one. A frame without
 * `allow-same-origin` may change no other part of its address, the host of the app's files needs no rules for paths,
 * and no filter ever reaches a server's log. A reload and the back button keep it, as of any fragment.
 */
const here = () => {
  const fragment = location.hash.replace(/^#?\/?/, '/')
  const at = fragment.indexOf('?')
  return at < 0 ? { path: fragment, search: '' } : { path: fragment.slice(0, at), search: fragment.slice(at + 1) }
}

function subscribe(changed: () => void): () => void {
  addEventListener('popstate', changed)
  addEventListener('hashchange', changed)
  addEventListener('standin-navigate', changed)
  return () => {
    removeEventListener('popstate', changed)
    removeEventListener('hashchange', changed)
    removeEventListener('standin-navigate', changed)
  }
}

export function navigate(to: string, { replace = false, state }: { replace?: boolean; state?: object } = {}): void {
  const address = `#${to}`
  if (address === location.hash) return
  const isSamePage = to.split('?')[0] === here().path
  if (replace) history.replaceState(isSamePage ? history.state : null, '', address)
  else {
    noteScroll()
    // Opening something beside a page does not scroll the page.
    const scrolled = isSamePage && { scrolled: Math.round(scrollY) }
    history.pushState(scrolled || state ? { ...scrolled, ...state } : null, '', address)
  }
  // Neither fires an event on its own.
  dispatchEvent(new Event('standin-navigate'))
}

/** wouter's location hook: the current address and how to change it. */
export function useHashLocation(): [string, typeof navigate] {
  return [useSyncExternalStore(subscribe, () => here().path), navigate]
}

export const useHashSearch = () => useSyncExternalStore(subscribe, () => here().search)
export const hashHref = (path: string) => `#${path}`

/**
 * Filters, sorting and what is open, in the address. Setting one replaces the entry, so that the back button leaves the
 * page instead of undoing letters.
 */
export function useAddressState(): [URLSearchParams, (changes: AddressChanges) => void] {
  const search = useHashSearch()
  const set = useCallback((changes: AddressChanges) => navigate(changedAddress(changes), { replace: true }), [])
  return [new URLSearchParams(search), set]
}

export type AddressChanges = Record<string, string | undefined>

/** The current address with other parameters. */
export function changedAddress(changes: AddressChanges): string {
  const { path, search } = here()
  const parameters = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value) parameters.set(name, value)
    else parameters.delete(name)
  }
  const text = parameters.toString()
  return text ? `${path}?${text}` : path
}
