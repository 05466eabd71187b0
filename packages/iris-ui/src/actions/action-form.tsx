import type { Action } from '@standin/client'
import { type ReactNode, useMemo, useRef } from 'react'
import { useForm } from 'react-hook-form'
import { Link, useLocation } from 'wouter'
import type { FormParts } from '../forms/form-parts.ts'
import { createInputProblems } from '../forms/input-problems.ts'
import { MachineChoice } from '../forms/machine-choice.tsx'
import { problemsResolver } from '../forms/problems-resolver.ts'
import { ReceiverFields } from '../forms/receiver-fields.tsx'
import { destinationsOf, noReceivers, receiverProblems } from '../forms/receivers.ts'
import { SchemaField } from '../forms/schema-field.tsx'
import { inputOf, schemaFields, valuesOf } from '../forms/schema-fields.ts'
import { Button } from '../parts/button.tsx'
import { RefusedStart } from '../parts/refused-start.tsx'
import { addressOfRun } from '../runs/address-of-run.ts'
import { useStartRun } from '../runs/use-start-run.ts'
import { addresses } from '../shell/addresses.ts'
import { useAnnouncer } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'
import { hindranceWords } from './hindrance-words.ts'
import type { Hindrance } from './may-start.ts'

interface ActionFormProps {
  action: Action
  hindrance: Hindrance | undefined
  /** The input of an earlier run, to start with. */
  input: Record<string, unknown> | undefined
  aside: ReactNode
}

/** The action's form. Fields are checked when they lose the focus, and again when the form is sent. */
export function ActionForm({ action, hindrance, input, aside }: ActionFormProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.form
  const [, navigate] = useLocation()
  const { justStarted } = useAnnouncer()
  const summary = useRef<HTMLDivElement>(null)

  const fields = useMemo(() => schemaFields(action.inputSchema), [action.inputSchema])
  const resolver = useMemo(() => {
    const inputProblems = createInputProblems({ schema: action.inputSchema, fields }, { texts, formats })
    return problemsResolver<FormParts>(({ input: values, receivers }) => ({
      input: inputProblems(values),
      receivers: action.changesData ? {} : receiverProblems(receivers, texts),
    }))
  }, [action, fields, texts, formats])
  const form = useForm<FormParts>({
    mode: 'onTouched',
    resolver,
    defaultValues: { input: valuesOf(fields, action.inputSchema, input), receivers: noReceivers },
  })

  const starting = useStartRun((run) => {
    justStarted.current = run.id
    navigate(addressOfRun(run))
  })
  const submit = form.handleSubmit(({ input: values, receivers }) =>
    starting.start({
      actionId: action.id,
      input: inputOf(fields, values),
      mode: action.changesData ? 'preview' : 'apply',
      ...(!action.changesData && { deliverTo: destinationsOf(receivers) }),
    }),
  )

  const machines = fields.filter(({ kind }) => kind === 'machines')
  const others = fields.filter(({ kind }) => kind !== 'machines')
  const wrong = Object.values(form.formState.errors).reduce((sum, part) => sum + Object.keys(part ?? {}).length, 0)

  return (
    <form className="formgrid" noValidate onSubmit={(event) => void submit(event)} data-action={action.id}>
      <div className="form">
        {others.length > 0 && (
          <div className="group">
            <h2>{words.choices}</h2>
            <div className="fields">
              {others.map((field) => (
                <SchemaField key={field.key} field={field} name={`input.${field.key}`} form={form} />
              ))}
            </div>
          </div>
        )}
        {machines.map((field) => (
          <div className="group" key={field.key}>
            <h2>{words.machines}</h2>
            <MachineChoice
              value={form.watch(`input.${field.key}`) as Record<string, string[]>}
              onChange={(filter) => form.setValue(`input.${field.key}`, filter, { shouldDirty: true })}
            />
          </div>
        ))}
        {!action.changesData && <ReceiverFields form={form} />}
      </div>
      {aside}
      <div className="foot">
        <div role="alert" ref={summary}>
          {form.formState.submitCount > 0 && wrong > 0 && <p className="err">{words.correctFirst(wrong)}</p>}
          <RefusedStart failure={starting.failure} title={action.title} />
        </div>
        <div className="btns">
          <Button
            type="submit"
            look="go"
            busy={starting.busy}
            off={hindrance !== undefined}
            aria-describedby={hindrance ? 'f-hindrance' : undefined}
          >
            {action.changesData ? (words.previewNamed[action.id] ?? words.preview) : words.start(action.title)}
          </Button>
          <Link href={addresses.actions} className="btn quiet">
            {texts.shell.cancel}
          </Link>
          {hindrance && (
            <span className="small muted" id="f-hindrance">
              {hindrance === 'role' ? texts.shell.needsRole : hindranceWords(hindrance, action, texts)}
            </span>
          )}
        </div>
      </div>
    </form>
  )
}
