import type { Receiver, Receivers } from '@standin/client'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { useActions } from '../connection/use-actions.ts'
import { useReceiversChanged } from '../connection/use-receivers.ts'
import { useNow } from '../formats/use-now.ts'
import { describedBy, Field } from '../forms/field.tsx'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'
import { AskButton, useAsk } from './ask-button.tsx'
import { RemoveButton } from './remove-button.tsx'

const looks = {
  confirmed: { name: 'check', tone: 'ok' },
  unconfirmed: { name: 'clock', tone: 'wait' },
  withdrawn: { name: 'minus', tone: 'wait' },
} as const

/** People outside the trusted domains, with what they answered. */
export function AskedPeople({ receivers: { addresses, mayChange } }: { receivers: Receivers }) {
  const { texts } = useSurroundings()
  const words = texts.receivers
  const { actions, sendsEmail } = useActions()
  const mayAsk = sendsEmail && actions.some(({ mayStart }) => mayStart)
  return (
    <section className="sec" aria-labelledby="h-people" data-people>
      <h2 id="h-people">{words.people}</h2>
      <p className="sub">{words.peopleMeans}</p>
      {addresses.length === 0 && <p className="none">{words.noPeople}</p>}
      {addresses.length > 0 && (
        <ul className="rows">
          {addresses.map((receiver) => (
            <PersonRow key={receiver.address} receiver={receiver} mayAsk={mayAsk} mayChange={mayChange} />
          ))}
        </ul>
      )}
      {mayAsk && <AskSomebody />}
      {!sendsEmail && <p className="sub">{texts.form.noEmail}</p>}
    </section>
  )
}

function PersonRow({
  receiver: { address, state, askedAt, answeredAt, askAgainAt },
  mayAsk,
  mayChange,
}: {
  receiver: Receiver
  mayAsk: boolean
  mayChange: boolean
}) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.receivers
  const nowMs = useNow(60_000)
  const trpc = useTRPC()
  const changed = useReceiversChanged()
  const remove = useMutation(trpc.receiver.remove.mutationOptions({ onSuccess: changed }))
  const at = state === 'unconfirmed' ? askedAt : answeredAt
  const said = { confirmed: words.confirmed, unconfirmed: words.asked, withdrawn: words.withdrawn }[state]
  return (
    <li data-receiver={state}>
      <Icon {...looks[state]} />
      <div>
        <p className="t">{address}</p>
        {at && <p className="d">{said(formats.moment(at, nowMs))}</p>}
      </div>
      <div className="e">
        {mayAsk && askAgainAt && Date.parse(askAgainAt) <= nowMs && <AskButton address={address} />}
        {mayChange && state === 'confirmed' && (
          <RemoveButton name={address} remove={() => remove.mutateAsync({ accountId: host.account.id, address })} />
        )}
      </div>
    </li>
  )
}

function AskSomebody() {
  const { texts } = useSurroundings()
  const words = texts.receivers
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState<string>()
  const { ask, busy, failure } = useAsk(() => setTyped(''))
  const problem = wrong ?? failure

  function submit(event: FormEvent): void {
    event.preventDefault()
    const address = typed.trim()
    const isWhole = /^[^\s@<>",;]+@[^\s@<>",;.]+(\.[^\s@<>",;.]+)+$/.test(address)
    setWrong(isWhole ? undefined : address ? texts.form.invalid.emailEnding(address) : texts.form.invalid.required)
    if (isWhole) ask(address)
  }

  return (
    <form className="add" noValidate onSubmit={submit}>
      <Field id="f-person" label={words.email} problem={problem}>
        <div className="unit wide">
          <input
            className="in"
            id="f-person"
            value={typed}
            inputMode="email"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={problem ? true : undefined}
            aria-describedby={describedBy('f-person', { problem })}
            onChange={(event) => {
              setTyped(event.target.value)
              setWrong(undefined)
            }}
          />
          <Button type="submit" icon="send" busy={busy}>
            {words.ask}
          </Button>
        </div>
      </Field>
    </form>
  )
}
