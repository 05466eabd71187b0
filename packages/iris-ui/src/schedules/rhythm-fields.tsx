import { zoneName } from '@standin/client'
import { describedBy, Field, FieldGroup } from '../forms/field.tsx'
import type { PartsForm } from '../forms/form-parts.ts'
import { problemAt } from '../forms/schema-field.tsx'
import { Notice } from '../parts/notice.tsx'
import { useSurroundings } from '../surroundings.ts'

/** Daily, weekly or monthly, on which days, at what time. */
export function RhythmFields({ form, timeZone }: { form: PartsForm; timeZone: string }) {
  const { texts, formats } = useSurroundings()
  const words = texts.schedules.form
  const kind = form.watch('rhythm.kind')
  const kinds = [
    { value: 'daily', label: words.daily },
    { value: 'weekly', label: words.weekly },
    { value: 'monthly', label: words.monthly },
    ...(form.watch('rhythm.custom') ? [{ value: 'custom', label: words.custom }] : []),
  ]
  const short = formats.weekdays('short')
  const long = formats.weekdays('long')
  const time = problemAt(form, 'rhythm.time')
  const days = problemAt(form, 'rhythm.days')
  const dayOfMonth = problemAt(form, 'rhythm.dayOfMonth')

  return (
    <div className="group">
      <h2>{words.when}</h2>
      <FieldGroup id="s-repeat" label={words.repeat}>
        <div className="days wide">
          {kinds.map(({ value, label }) => (
            <label key={value}>
              <input type="radio" value={value} {...form.register('rhythm.kind')} />
              {label}
            </label>
          ))}
        </div>
      </FieldGroup>
      {kind === 'custom' && <Notice tone="wait" icon="clock" heading={words.customMeans} slim />}
      {kind === 'weekly' && (
        <FieldGroup id="s-days" label={words.on} problem={days}>
          <div className="days week">
            {short.map((name, day) => (
              <label key={name}>
                <input type="checkbox" value={String(day)} aria-label={long[day]} {...form.register('rhythm.days')} />
                {name}
              </label>
            ))}
          </div>
        </FieldGroup>
      )}
      {kind === 'monthly' && (
        <Field id="s-day" label={words.dayOfMonth} help={words.dayOfMonthHelp} problem={dayOfMonth}>
          <input
            className="in narrow num"
            id="s-day"
            inputMode="numeric"
            autoComplete="off"
            aria-invalid={dayOfMonth ? true : undefined}
            aria-describedby={describedBy('s-day', { help: words.dayOfMonthHelp, problem: dayOfMonth })}
            {...form.register('rhythm.dayOfMonth')}
          />
        </Field>
      )}
      {kind !== 'custom' && (
        <Field id="s-time" label={words.at} help={words.atHelp(zoneName(timeZone, texts.language))} problem={time}>
          <input
            className="in narrow num"
            id="s-time"
            autoComplete="off"
            aria-invalid={time ? true : undefined}
            aria-describedby={describedBy('s-time', {
              help: words.atHelp(zoneName(timeZone, texts.language)),
              problem: time,
            })}
            {...form.register('rhythm.time')}
          />
        </Field>
      )}
    </div>
  )
}
