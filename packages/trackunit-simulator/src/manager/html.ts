/** Markup that may stand in a page as it is. */
export type Markup = { markup: string }
type Part = Markup | Markup[] | string | number

/** Everything put into the template is escaped, unless it is markup itself. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Markup {
  return { markup: texts.map((text, index) => text + written(parts[index] ?? '')).join('') }
}

function written(part: Part): string {
  if (Array.isArray(part)) return part.map(({ markup }) => markup).join('')
  if (typeof part === 'object') return part.markup
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Marks the option of a select that is chosen. */
export function selected(is: boolean): Markup {
  return is ? html` selected` : html``
}
