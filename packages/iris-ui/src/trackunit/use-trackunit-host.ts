import {
  useCurrentUser,
  useCurrentUserSystemOfMeasurement,
  useFilterBarContext,
  useFrameContext,
  useNavigateInHost,
  useToast,
  useToken,
} from '@trackunit/react-core-hooks'
import { useEffect, useMemo, useState } from 'react'
import type { StandinHost } from '../host.ts'
import { measurementOf } from './measurement-of.ts'
import { createTokenRelay } from './token-relay.ts'

const PATIENCE_MS = 5_000
/** Manager's own: the page around the frame, which says at least its origin. */
const hostOrigin = location.ancestorOrigins?.[0] ?? (document.referrer ? new URL(document.referrer).origin : undefined)

/** Adapts Trackunit's hooks to the pages' host. If a hook turns out to differ, only this file changes. */
export function useTrackunitHost(): StandinHost {
  const { token } = useToken()
  const { id, name, language, timeZone, accountId, accountName } = useCurrentUser()
  const { systemOfMeasurement } = useCurrentUserSystemOfMeasurement()
  const { filterBarValues } = useFilterBarContext()
  const { downloads } = useFrameContext()
  const { navigateInHost } = useNavigateInHost()
  const { addToast } = useToast()
  const [relay] = useState(() => createTokenRelay(PATIENCE_MS))
  const [doors] = useState(() => ({ navigateInHost, addToast }))

  useEffect(() => {
    relay.offer(token)
  }, [relay, token])
  useEffect(() => {
    Object.assign(doors, { navigateInHost, addToast })
  }, [doors, navigateInHost, addToast])

  return useMemo(
    () => ({
      getToken: relay.take,
      user: { id, name, language, timeZone, measurement: measurementOf(systemOfMeasurement) },
      account: { id: accountId, name: accountName },
      machineFilter: { siteIds: filterBarValues.sites },
      navigateInHost: (path) => doors.navigateInHost(path),
      addressOf: (path) => hostOrigin && `${hostOrigin}${path}`,
      downloads,
      toast: ({ title, kind }) => doors.addToast({ title, intent: kind }),
    }),
    [
      relay,
      doors,
      id,
      name,
      language,
      timeZone,
      systemOfMeasurement,
      accountId,
      accountName,
      filterBarValues,
      downloads,
    ],
  )
}
