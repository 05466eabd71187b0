import { useSurroundings } from '../surroundings.ts'

/** A text that may be an action's, marked as English where the action does not have it in the page's language. */
export function ActionText({ children: text }: { children: string | null | undefined }) {
  const lang = useSurroundings().langOf(text)
  return lang ? <span lang={lang}>{text}</span> : text
}
