import type { Action, Schedule } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { Link, useLocation } from 'wouter'
import { hindranceWords } from '../actions/hindrance-words.ts'
import { hindranceOf } from '../actions/may-start.ts'
import { useTRPC } from '../connection/api.ts'
import { useAskAgain } from '../connection/ask-again.ts'
import { failureOf } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { useInstallation } from '../connection/use-account.ts'
import { timeLeft } from '../formats/time-left.ts'
import { accountNameToSend } from '../forms/account-name-to-send.ts'
import { Field, Select } from '../forms/field.tsx'
import type { FormParts } from '../forms/form-parts.ts'
import { createInputProblems } from '../forms/input-problems.ts'
import { MachineChoice } from '../forms/machine-choice.tsx'
import { problemsResolver } from '../forms/problems-resolver.ts'
import { ReceiverFields } from '../forms/receiver-fields.tsx'
import {
  changedDestinationsOf,
  destinationsOf,
  noReceivers,
  receiverProblems,
  receiversOf,
} from '../forms/receivers.ts'
import { SchemaField } from '../forms/schema-field.tsx'
import { inputOf, schemaFields, valuesOf } from '../forms/schema-fields.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import { NextTimes } from './next-times.tsx'
import { RhythmFields } from './rhythm-fields.tsx'
import { recurrenceOfValues, rhythmProblems, rhythmValuesOf } from './rhythm-values.ts'

interface ScheduleFormProps {
  actions: readonly Action[]
  /** The action to begin with. */
  actionId?: string | undefined
  /** To change; without it a new one is made. */
  schedule?: Schedule
}

type Kept = Pick<FormParts, 'rhythm' | 'receivers'>

/** The action, the times and the receivers; beside them the next five times. */
export function ScheduleForm({ actions, actionId: wanted, schedule }: ScheduleFormProps) {
  const possible = actions.filter(({ id, changesData }) => !changesData || id === schedule?.actionId)
  const [actionId, setActionId] = useState(
    schedule?.actionId ??
      possible.find(({ id }) => id === wanted)?.id ??
      possible.find(({ mayStart }) => mayStart)?.id ??
      possible[0]?.id,
  )
  const action = possible.find(({ id }) => id === actionId)
  const kept = useRef<Kept>(undefined)
  if (!action) return null
  // Another action has other fields; times and receivers stay as they are.
  return (
    <FormOfAction
      key={action.id}
      action={action}
      possible={possible}
      schedule={schedule}
      kept={kept}
      onAction={setActionId}
    />
  )
}

interface FormOfActionProps {
  action: Action
  possible: readonly Action[]
  schedule: Schedule | undefined
  kept: { current: Kept | undefined }
  onAction(actionId: string): void
}

function FormOfAction({ action, possible, schedule, kept, onAction }: FormOfActionProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.schedules.form
  const timeZone = schedule?.timeZone ?? formats.zone
  const fields = useMemo(() => schemaFields(action.inputSchema), [action.inputSchema])
  const form = useScheduleForm({ action, schedule, kept, fields })
  const { save, isSaving, failed } = useSaveSchedule({ action, schedule, fields, timeZone })
  const rhythm = form.watch('rhythm')
  const wrong = Object.values(form.formState.errors).reduce((sum, part) => sum + Object.keys(part ?? {}).length, 0)

  return (
    <form
      className="formgrid"
      noValidate
      onSubmit={(event) => void form.handleSubmit(save)(event)}
      data-form="schedule"
    >
      <div className="form">
        <div className="group">
          <ActionField action={action} possible={possible} schedule={schedule} onAction={onAction} />
          <div className="fields">
            {fields
              .filter(({ kind }) => kind !== 'machines')
              .map((field) => (
                <SchemaField key={field.key} field={field} name={`input.${field.key}`} form={form} />
              ))}
          </div>
        </div>
        {fields
          .filter(({ kind }) => kind === 'machines')
          .map((field) => (
            <div className="group" key={field.key}>
              <h2>{texts.form.machines}</h2>
              <MachineChoice
                value={form.watch(`input.${field.key}`) as Record<string, string[]>}
                onChange={(filter) => form.setValue(`input.${field.key}`, filter, { shouldDirty: true })}
              />
            </div>
          ))}
        <RhythmFields form={form} timeZone={timeZone} />
        <ReceiverFields form={form} />
      </div>
      <aside className="side" aria-labelledby="h-five">
        <h2 id="h-five">{texts.schedules.nextFive}</h2>
        <NextTimes recurrence={rhythm && recurrenceOfValues(rhythm)} timeZone={timeZone} />
        {action.usualSeconds !== null && <p>{words.each(texts.time.about(timeLeft(action.usualSeconds)))}</p>}
      </aside>
      <div className="foot">
        <div role="alert">
          {form.formState.submitCount > 0 && wrong > 0 && <p className="err">{texts.form.correctFirst(wrong)}</p>}
          {failed && (
            <p className="st bad">
              <Icon name="bad" />
              <span>
                {words.notSaved} {refusalWords(failureOf(failed), texts)}
              </span>
            </p>
          )}
        </div>
        <SaveButtons action={action} schedule={schedule} isSaving={isSaving} />
      </div>
    </form>
  )
}

type Planned = Pick<FormOfActionProps, 'action' | 'schedule'> & { fields: ReturnType<typeof schemaFields> }

/** The form with its first values, its checks, and what another action's form takes over. */
function useScheduleForm({ action, schedule, kept, fields }: Planned & Pick<FormOfActionProps, 'kept'>) {
  const { texts, formats } = useSurroundings()
  const resolver = useMemo(() => {
    const inputProblems = createInputProblems({ schema: action.inputSchema, fields }, { texts, formats })
    return problemsResolver<FormParts>(({ input, rhythm, receivers }) => ({
      input: inputProblems(input),
      rhythm: rhythm ? rhythmProblems(rhythm, texts) : {},
      receivers: receiverProblems(receivers, texts),
    }))
  }, [action, fields, texts, formats])
  const form = useForm<FormParts>({
    mode: 'onTouched',
    resolver,
    defaultValues: {
      input: valuesOf(fields, action.inputSchema, schedule?.actionId === action.id ? schedule.input : undefined),
      rhythm: kept.current?.rhythm ?? rhythmValuesOf(schedule?.recurrence, formats),
      receivers: kept.current?.receivers ?? (schedule ? receiversOf(schedule.deliverTo) : noReceivers),
    },
  })
  useEffect(
    () =>
      form.subscribe({
        formState: { values: true },
        callback: ({ values }) => {
          kept.current = values
        },
      }),
    [form, kept],
  )
  return form
}

/** Creates the schedule, or changes the given one. */
function useSaveSchedule({ action, schedule, fields, timeZone }: Planned & { timeZone: string }) {
  const { host, texts } = useSurroundings()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const askAgain = useAskAgain()
  const [, navigate] = useLocation()
  const saved = {
    async onSuccess({ id }: Schedule) {
      // The change may have fixed failed deliveries.
      askAgain(trpc.delivery.undelivered.pathKey())
      await queryClient.invalidateQueries({ queryKey: trpc.schedule.list.pathKey() })
      host.toast({ title: texts.schedules.form.saved, kind: 'success' as const })
      navigate(addresses.schedule(id))
    },
  }
  const create = useMutation(trpc.schedule.create.mutationOptions(saved))
  const update = useMutation(trpc.schedule.update.mutationOptions(saved))

  function save({ input, rhythm, receivers }: FormParts): void {
    const planned = {
      input: inputOf(fields, input),
      recurrence: (rhythm && recurrenceOfValues(rhythm)) ?? '',
      timeZone,
      unitSystem: schedule?.unitSystem ?? host.user.measurement,
      language: schedule?.language ?? texts.language,
      accountName: accountNameToSend(host.account.name),
    }
    if (schedule) update.mutate({ scheduleId: schedule.id, ...planned, deliverTo: changedDestinationsOf(receivers) })
    else {
      const deliverTo = destinationsOf(receivers)
      create.mutate({ accountId: host.account.id, actionId: action.id, ...planned, deliverTo })
    }
  }

  return { save, isSaving: create.isPending || update.isPending, failed: create.error ?? update.error }
}

/** The action of a new schedule can be chosen; that of an existing one stays. */
function ActionField({ action, possible, schedule, onAction }: Omit<FormOfActionProps, 'kept'>) {
  const words = useSurroundings().texts.schedules.form
  return (
    <Field id="s-action" label={words.action} help={words.actionHelp}>
      <Select
        id="s-action"
        value={action.id}
        onChange={(id) => schedule === undefined && onAction(id)}
        describedBy="s-action-help"
      >
        {possible
          .filter(({ id }) => schedule === undefined || id === action.id)
          .map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
      </Select>
    </Field>
  )
}

function SaveButtons({
  action,
  schedule,
  isSaving,
}: Pick<FormOfActionProps, 'action' | 'schedule'> & { isSaving: boolean }) {
  const { texts } = useSurroundings()
  const hindrance = hindranceOf(action, useInstallation().data?.state)
  const off = hindrance !== undefined
  return (
    <div className="btns">
      <Button type="submit" look="go" busy={isSaving} off={off} aria-describedby={off ? 's-role' : undefined}>
        {texts.schedules.form.save}
      </Button>
      <Link href={schedule ? addresses.schedule(schedule.id) : addresses.schedules} className="btn quiet">
        {texts.shell.cancel}
      </Link>
      {hindrance && (
        <span className="small muted" id="s-role">
          {hindrance === 'role' ? texts.shell.needsRole : hindranceWords(hindrance, action, texts)}
        </span>
      )}
    </div>
  )
}
