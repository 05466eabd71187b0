/** Stands in for the package of this name, which has it for versions of React that lack it. */
export { useSyncExternalStore } from 'react'
