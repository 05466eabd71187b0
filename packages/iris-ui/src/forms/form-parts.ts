import type { UseFormReturn } from 'react-hook-form'
import type { ReceiverValues } from './receivers.ts'
import type { FormValues } from './schema-fields.ts'

/** The rhythm of a schedule as it is filled in. `custom` is a rule that the form cannot show; it stays as it is. */
export interface RhythmValues {
  kind: 'daily' | 'weekly' | 'monthly' | 'custom'
  /** `0` is Monday: boxes have text for values. */
  days: string[]
  dayOfMonth: string
  time: string
  custom: string
}

/** What forms are made of; starting an action asks for no rhythm. */
export interface FormParts {
  input: FormValues
  receivers: ReceiverValues
  rhythm?: RhythmValues
}

export type PartsForm = UseFormReturn<FormParts>
export type PartName = Parameters<PartsForm['getFieldState']>[0]
