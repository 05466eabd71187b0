import type { FieldErrors, FieldValues, Resolver } from 'react-hook-form'

/** The problems by part and key of the form, in the form library's shape. */
export function problemsResolver<Values extends FieldValues>(
  problemsOf: (values: Values) => Record<string, Record<string, string | undefined>>,
): Resolver<Values> {
  return (values) => {
    const errors: Record<string, Record<string, { type: string; message: string }>> = {}
    for (const [part, problems] of Object.entries(problemsOf(values))) {
      const said = Object.entries(problems).filter((entry): entry is [string, string] => entry[1] !== undefined)
      if (said.length > 0)
        errors[part] = Object.fromEntries(said.map(([key, message]) => [key, { type: 'wrong', message }]))
    }
    const isWrong = Object.keys(errors).length > 0
    return isWrong ? { values: {}, errors: errors as FieldErrors<Values> } : { values, errors: {} }
  }
}
