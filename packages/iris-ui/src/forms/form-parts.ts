import type { UseFormReturn } from 'react-hook-form'
import type { ReceiverValues } from './receivers.ts'
import type { FormValues } from './schema-fields.ts'

/** The rhythm of a schedule in the form. `custom` is a rule that the form cannot show and does not change. */
export interface RhythmValues {
  kind: 'daily' | 'weekly' | 'monthly' | 'custom'
  /** `0` is Monday. As text, since checkboxes have text values. */
  days: string[]
  dayOfMonth: string
  time: string
  custom: string
}

/** The parts of forms. The form that starts an action has no rhythm. */
export interface FormParts {
  input: FormValues
  receivers: ReceiverValues
  rhythm?: RhythmValues
}

export type PartsForm = UseFormReturn<FormParts>
export type PartName = Parameters<PartsForm['getFieldState']>[0]
