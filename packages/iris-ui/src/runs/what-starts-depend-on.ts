import type { useTRPC } from '../connection/api.ts'

/** What has changed when the server refuses a start that the page offered: asked again, the button says so too. */
export const whatStartsDependOn = ({ action, installation, run }: ReturnType<typeof useTRPC>) =>
  [action.list, installation.get, run.get, run.list].map((of) => of.pathKey())
