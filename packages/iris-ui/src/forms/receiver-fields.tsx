import { useActions } from '../connection/use-actions.ts'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'
import { describedBy, Field, Select } from './field.tsx'
import type { PartsForm } from './form-parts.ts'
import { problemAt } from './schema-field.tsx'
import { WithheldReceivers } from './withheld-receivers.tsx'

/** The receivers: email addresses, what is attached to emails, web addresses. */
export function ReceiverFields({ form }: { form: PartsForm }) {
  const words = useSurroundings().texts.form
  const { sendsEmail } = useActions()
  const emails = problemAt(form, 'receivers.emails')
  const webhooks = problemAt(form, 'receivers.webhooks')
  const mailed = form.watch('receivers.emails') !== ''

  return (
    <div className="group">
      <h2>{words.result}</h2>
      {/* Existing values of a schedule stay visible and can be removed. */}
      {!sendsEmail && !mailed && <p className="help">{words.noEmail}</p>}
      <div className="pair">
        {(sendsEmail || mailed) && (
          <>
            <div>
              <Field id="f-emails" label={words.email} help={words.emailHelp} problem={emails} optional>
                <input
                  className="in"
                  id="f-emails"
                  inputMode="email"
                  autoComplete="off"
                  spellCheck={false}
                  aria-invalid={emails ? true : undefined}
                  aria-describedby={describedBy('f-emails', { help: words.emailHelp, problem: emails })}
                  {...form.register('receivers.emails')}
                />
              </Field>
              <WithheldReceivers form={form} kind="email" />
            </div>
            {/* There from the start, so that nothing moves while an address is typed. */}
            <div>
              <Field id="f-file" label={words.file} help={words.fileHelp}>
                <Select
                  id="f-file"
                  value={form.watch('receivers.file')}
                  describedBy={describedBy('f-file', { help: words.fileHelp })}
                  onChange={(value) => form.setValue('receivers.file', value as 'none' | 'csv' | 'xlsx')}
                >
                  <option value="none">{words.fileNone}</option>
                  <option value="xlsx">{words.fileXlsx}</option>
                  <option value="csv">{words.fileCsv}</option>
                </Select>
              </Field>
            </div>
          </>
        )}
        <div>
          <Field id="f-webhooks" label={words.webhook} help={words.webhookHelp} problem={webhooks} optional>
            <input
              className="in"
              id="f-webhooks"
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
              placeholder="https://"
              aria-invalid={webhooks ? true : undefined}
              aria-describedby={describedBy('f-webhooks', { help: words.webhookHelp, problem: webhooks })}
              {...form.register('receivers.webhooks')}
            />
          </Field>
          <KeptWebhooks form={form} />
          <WithheldReceivers form={form} kind="webhook" />
        </div>
      </div>
    </div>
  )
}

/** Those that a schedule already has, each with a button that removes it. */
function KeptWebhooks({ form }: { form: PartsForm }) {
  const words = useSurroundings().texts.form
  const kept = form.watch('receivers.kept')
  if (kept.length === 0) return null
  const keepOthers = (id: string) =>
    form.setValue(
      'receivers.kept',
      kept.filter((webhook) => webhook.id !== id),
      { shouldDirty: true },
    )
  return (
    <ul className="chips" aria-label={words.webhook}>
      {kept.map(({ id, host }) => (
        <li className="chip" key={id}>
          <span>{host}</span>
          <button type="button" aria-label={words.remove(host)} onClick={() => keepOthers(id)}>
            <Icon name="cross" size="sm" />
          </button>
        </li>
      ))}
    </ul>
  )
}
