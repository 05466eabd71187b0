import { useEffect, useRef, useState } from 'react'
import { useAddressState } from '../shell/hash-location.ts'

/** Writes typed text to the address after a pause. */
export function useTypedAddress(name: string): [string, (text: string) => void] {
  const [address, setAddress] = useAddressState()
  const inAddress = address.get(name) ?? ''
  const [typed, setTyped] = useState(inAddress)
  const lastSet = useRef(inAddress)

  useEffect(() => {
    if (inAddress === lastSet.current) return
    lastSet.current = inAddress
    setTyped(inAddress)
  }, [inAddress])
  useEffect(() => {
    if (typed === lastSet.current) return undefined
    const timer = setTimeout(() => {
      lastSet.current = typed
      setAddress({ [name]: typed || undefined, row: undefined })
    }, 250)
    return () => clearTimeout(timer)
  }, [typed, name, setAddress])

  return [typed, setTyped]
}
