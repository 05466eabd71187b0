/** Markup, made by {@link html} only. */
export interface Html {
  readonly markup: string
}

/** Markup with values in it. Texts are escaped; `Html` is not. */
export function html(parts: TemplateStringsArray, ...values: ReadonlyArray<string | number | Html | Html[]>): Html {
  const markup = parts.reduce((all, part, nth) => `${all}${markupOf(values[nth - 1] ?? '')}${part}`)
  return { markup }
}

function markupOf(value: string | number | Html | Html[]): string {
  if (Array.isArray(value)) return value.map(({ markup }) => markup).join('\n')
  return typeof value === 'object' ? value.markup : escaped(String(value))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? '')
