/** The title of an action that is no longer in the catalogue: its id, made readable. */
export function titleOf(actionId: string, actions: readonly { id: string; title: string }[]): string {
  const title = actions.find(({ id }) => id === actionId)?.title
  if (title) return title
  const words = actionId.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
