import type { useTRPC } from '../connection/api.ts'

/** Queries to repeat when the server refuses a start that the page offered, so that the button shows it too. */
export const whatStartsDependOn = ({ action, installation, run }: ReturnType<typeof useTRPC>) =>
  [action.list, installation.get, run.get, run.list].map((of) => of.pathKey())
