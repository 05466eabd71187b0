import { ActionText } from '../parts/action-text.tsx'
import { useSurroundings } from '../surroundings.ts'
import { describedBy, Field, FieldGroup } from './field.tsx'
import type { PartName, PartsForm } from './form-parts.ts'
import type { FormField } from './schema-fields.ts'

/** One field of an action's input, by its kind. Machines have their own component. */
export function SchemaField({ field, name, form }: { field: FormField; name: `input.${string}`; form: PartsForm }) {
  const { texts, langOf } = useSurroundings()
  const id = `f-${field.key}`
  const problem = problemAt(form, name)
  const { label, help } = field
  const by = describedBy(id, { help, problem })
  const unit = field.kind === 'number' ? field.unit : undefined
  const invalid = problem ? true : undefined

  switch (field.kind) {
    case 'number':
      return (
        <Field
          id={id}
          label={label}
          help={help}
          problem={problem}
          optional={!field.required && form.getValues(name) === ''}
        >
          <div className="unit">
            <input
              className="in"
              id={id}
              inputMode="decimal"
              autoComplete="off"
              aria-invalid={invalid}
              aria-describedby={[unit && `${id}-unit`, by].filter(Boolean).join(' ') || undefined}
              {...form.register(name)}
            />
            {unit && <span id={`${id}-unit`}>{texts.form.units[unit] ?? unit}</span>}
          </div>
        </Field>
      )
    case 'text':
      return (
        <Field id={id} label={label} help={help} problem={problem} optional={!field.required}>
          <input
            className="in"
            id={id}
            autoComplete="off"
            aria-invalid={invalid}
            aria-describedby={by}
            {...form.register(name)}
          />
        </Field>
      )
    case 'choice':
      return field.options.length > 4 ? (
        <Field id={id} label={label} help={help} problem={problem}>
          <div className="sel">
            <select className="in" id={id} aria-describedby={by} {...form.register(name)}>
              {field.options.map((option) => (
                <option key={option.value} value={option.value} lang={langOf(option.label)}>
                  {option.label}
                </option>
              ))}
            </select>
          </div>
        </Field>
      ) : (
        <FieldGroup id={id} label={label} help={help} problem={problem}>
          <div className="checks one">
            {field.options.map((option) => (
              <label className="check" key={option.value}>
                <input type="radio" value={option.value} {...form.register(name)} />
                <span lang={langOf(option.label)}>{option.label}</span>
              </label>
            ))}
          </div>
        </FieldGroup>
      )
    case 'choices':
      return (
        <FieldGroup id={id} label={label} help={help} problem={problem}>
          <div className="checks">
            {field.options.map((option) => (
              <label className="check" key={option.value}>
                <input type="checkbox" value={option.value} {...form.register(name)} />
                <span lang={langOf(option.label)}>{option.label}</span>
              </label>
            ))}
          </div>
        </FieldGroup>
      )
    case 'flag':
      return (
        <div className="field">
          <label className="check" htmlFor={id}>
            <input type="checkbox" id={id} aria-describedby={by} {...form.register(name)} />
            <span>
              <ActionText>{label}</ActionText>
              {help && (
                <small id={`${id}-help`} lang={langOf(help)}>
                  {help}
                </small>
              )}
            </span>
          </label>
        </div>
      )
    case 'machines':
      return null
  }
}

export function problemAt(form: PartsForm, name: PartName): string | undefined {
  const message = form.getFieldState(name, form.formState).error?.message
  return typeof message === 'string' ? message : undefined
}
