import { domainName, type Receivers, type TrustedDomain, type TrustedKind } from '@standin/client'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { failureOf } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { useReceiversChanged } from '../connection/use-receivers.ts'
import { useNow } from '../formats/use-now.ts'
import { describedBy, Field } from '../forms/field.tsx'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'
import { RemoveButton } from './remove-button.tsx'

interface TrustedDomainsProps {
  kind: TrustedKind
  receivers: Receivers
}

/** The domains that the account trusts for email or as hosts, and those of the server. */
export function TrustedDomains({ kind, receivers: { domains, everywhere, mayChange } }: TrustedDomainsProps) {
  const words = useSurroundings().texts.receivers
  const own = domains.filter((each) => each.kind === kind)
  const isEmail = kind === 'email'
  const icon = isEmail ? 'send' : 'external'
  return (
    <section className="sec" aria-labelledby={`h-${kind}`} data-trusted={kind}>
      <h2 id={`h-${kind}`}>{isEmail ? words.domains : words.hosts}</h2>
      <p className="sub">{isEmail ? words.domainsMeans : words.hostsMeans}</p>
      {own.length + everywhere.length === 0 && <p className="none">{isEmail ? words.noDomains : words.noHosts}</p>}
      {own.length + everywhere.length > 0 && (
        <ul className="rows">
          {everywhere.map((domain) => (
            <li key={`everywhere ${domain}`}>
              <Icon name={icon} tone="wait" />
              <div>
                <p className="t">{domain === 'any' ? words.all : domain}</p>
                <p className="d">{domain === 'any' ? words.allMeans : words.byOperator}</p>
              </div>
              <div className="e" />
            </li>
          ))}
          {own.map((each) => (
            <TrustedRow key={each.domain} trusted={each} icon={icon} mayChange={mayChange} />
          ))}
        </ul>
      )}
      {mayChange && <AddDomain kind={kind} />}
    </section>
  )
}

function TrustedRow({
  trusted: { kind, domain, addedBy, addedAt },
  icon,
  mayChange,
}: {
  trusted: TrustedDomain
  icon: 'send' | 'external'
  mayChange: boolean
}) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const trpc = useTRPC()
  const changed = useReceiversChanged()
  const who = addedBy.id === host.user.id ? texts.schedules.you : (addedBy.name ?? texts.schedules.somebody)
  const distrust = useMutation(trpc.receiver.distrust.mutationOptions({ onSuccess: changed }))
  return (
    <li>
      <Icon name={icon} tone="ok" />
      <div>
        <p className="t">{domain}</p>
        <p className="d">{texts.receivers.addedBy(who, formats.moment(addedAt, nowMs))}</p>
      </div>
      <div className="e">
        {mayChange && (
          <RemoveButton
            name={domain}
            remove={() => distrust.mutateAsync({ accountId: host.account.id, kind, domain })}
          />
        )}
      </div>
    </li>
  )
}

function AddDomain({ kind }: { kind: TrustedKind }) {
  const { host, texts } = useSurroundings()
  const words = texts.receivers
  const trpc = useTRPC()
  const changed = useReceiversChanged()
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string>()
  const trust = useMutation(
    trpc.receiver.trust.mutationOptions({
      async onSuccess(_, { domain }) {
        setTyped('')
        await changed()
        host.toast({ title: words.added(domain), kind: 'success' })
      },
      onError(error) {
        const failure = failureOf(error)
        const why = failure === 'INPUT_INVALID' ? words.notAccepted : refusalWords(failure, texts)
        setProblem(`${words.notAdded} ${why}`)
      },
    }),
  )
  const id = `f-${kind}`
  const help = kind === 'email' ? words.domainHelp : words.hostHelp

  function add(event: FormEvent): void {
    event.preventDefault()
    // As people copy them: `anna@acme.dk`, `https://hooks.acme.dk/x`.
    const domain = domainName(URL.parse(typed.trim())?.hostname || typed.trim().replace(/^.*@/, ''))
    setProblem(domain === undefined ? words.notADomain : undefined)
    if (domain !== undefined) trust.mutate({ accountId: host.account.id, kind, domain })
  }

  return (
    <form className="add" noValidate onSubmit={add}>
      <Field id={id} label={kind === 'email' ? words.domain : words.host} help={help} problem={problem}>
        <div className="unit wide">
          <input
            className="in"
            id={id}
            value={typed}
            inputMode="url"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={problem ? true : undefined}
            aria-describedby={describedBy(id, { help, problem })}
            onChange={(event) => {
              setTyped(event.target.value)
              setProblem(undefined)
            }}
          />
          <Button type="submit" icon="plus" busy={trust.isPending}>
            {words.add}
          </Button>
        </div>
      </Field>
    </form>
  )
}
