import type { ReactNode } from 'react'
import { ActionText } from '../parts/action-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'

interface FieldProps {
  id: string
  label: string
  help?: string | undefined
  problem?: string | undefined
  optional?: boolean
  children: ReactNode
}

/** A label, its help and its error, linked to the control by `describedBy(id)`. */
export function Field({ id, label, help, problem, optional, children }: FieldProps) {
  const { form } = useSurroundings().texts
  return (
    <div className="field">
      <label htmlFor={id}>
        <ActionText>{label}</ActionText> {optional && <span className="opt">{form.optional}</span>}
      </label>
      {help && (
        <p className="help" id={`${id}-help`}>
          <ActionText>{help}</ActionText>
        </p>
      )}
      {children}
      <Problem id={id} problem={problem} />
    </div>
  )
}

/** The same for a group of boxes. */
export function FieldGroup({ id, label, help, problem, children }: Omit<FieldProps, 'optional'>) {
  return (
    <fieldset className="field" id={id} aria-describedby={describedBy(id, { help, problem })}>
      <legend>
        <ActionText>{label}</ActionText>
      </legend>
      {help && (
        <p className="help" id={`${id}-help`}>
          <ActionText>{help}</ActionText>
        </p>
      )}
      {children}
      <Problem id={id} problem={problem} />
    </fieldset>
  )
}

function Problem({ id, problem }: { id: string; problem: string | undefined }) {
  if (!problem) return null
  return (
    <p className="err" id={`${id}-problem`}>
      <Icon name="warn" />
      <span>{problem}</span>
    </p>
  )
}

export function describedBy(
  id: string,
  { help, problem }: { help?: string | undefined; problem?: string | undefined },
): string | undefined {
  return [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(' ') || undefined
}

export function Select({
  id,
  value,
  onChange,
  children,
  describedBy: by,
}: {
  id: string
  value: string
  onChange(value: string): void
  children: ReactNode
  describedBy?: string | undefined
}) {
  return (
    <div className="sel">
      <select
        className="in"
        id={id}
        value={value}
        aria-describedby={by}
        onChange={(event) => onChange(event.target.value)}
      >
        {children}
      </select>
      <Icon name="down" />
    </div>
  )
}
