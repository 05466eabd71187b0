import { useReceivers } from '../connection/use-receivers.ts'
import { Icon } from '../parts/icon.tsx'
import { AskButton } from '../receivers/ask-button.tsx'
import { useSurroundings } from '../surroundings.ts'
import type { PartsForm } from './form-parts.ts'
import { withheld } from './withheld.ts'

/** Shows under the field which receivers cannot get results yet, and offers to ask them to confirm. */
export function WithheldReceivers({ form, kind }: { form: PartsForm; kind: 'email' | 'webhook' }) {
  const words = useSurroundings().texts.form
  const { data } = useReceivers()
  const values = form.watch('receivers')
  // Not while someone types: errors in the address itself come first.
  const field = kind === 'email' ? 'receivers.emails' : 'receivers.webhooks'
  const { isTouched, invalid } = form.getFieldState(field, form.formState)
  if (!data || invalid || !isTouched) return null
  const { unconfirmed, withdrawn, hosts } = withheld(values, data)
  const lines =
    kind === 'webhook'
      ? hosts.map((host) => ({ to: host, says: words.untrustedHost(host), mayAsk: false }))
      : [
          ...unconfirmed.map((to) => ({ to, says: words.unconfirmed(to), mayAsk: true })),
          ...withdrawn.map((to) => ({ to, says: words.withdrawn(to), mayAsk: false })),
        ]
  if (lines.length === 0) return null
  return (
    <ul className="withheld" role="status">
      {lines.map(({ to, says, mayAsk }) => (
        <li key={to}>
          <p className="st warn">
            <Icon name="warn" />
            <span>{says}</span>
          </p>
          {mayAsk && <AskButton address={to} />}
        </li>
      ))}
    </ul>
  )
}
