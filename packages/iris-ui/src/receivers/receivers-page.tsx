import { failureOf } from '../connection/failure.ts'
import { useReceivers } from '../connection/use-receivers.ts'
import { Crumb } from '../parts/crumb.tsx'
import { PageSkeleton } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { addresses } from '../shell/addresses.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'
import { AskedPeople } from './asked-people.tsx'
import { TrustedDomains } from './trusted-domains.tsx'

/** Who may receive the account's results: the domains it trusts, and people who confirmed. */
export function ReceiversPage() {
  const { texts } = useSurroundings()
  const words = texts.receivers
  const { data: receivers, isPending, isMissing, error } = useReceivers()
  const shape = useSkeleton(isPending)
  usePageTitle(words.heading)

  return (
    <div className="receivers">
      <Crumb to={addresses.schedules}>{texts.schedules.heading}</Crumb>
      <div className="head">
        <div>
          <h1>{words.heading}</h1>
          <p className="lead">{words.lead}</p>
        </div>
      </div>
      {shape === 'skeleton' && <PageSkeleton />}
      {shape === 'content' && isMissing && (
        <p className="sub">
          {error && failureOf(error) === 'NOT_FOUND' ? texts.connection.notThere : texts.connection.partMissing}
        </p>
      )}
      {receivers && (
        <>
          <AskedPeople receivers={receivers} />
          <TrustedDomains kind="email" receivers={receivers} />
          <TrustedDomains kind="webhook" receivers={receivers} />
          {!receivers.mayChange && <p className="sub">{words.onlyAdministrators}</p>}
        </>
      )}
    </div>
  )
}
