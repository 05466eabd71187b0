import type { Action } from '@standin/client'
import { useMemo } from 'react'
import { actionInWords } from '../actions/action-in-words.ts'
import { useSurroundings } from '../surroundings.ts'
import { useActionList } from './use-action-list.ts'

const noActions: readonly Action[] = []

/** The actions in the reader's language. */
export function useActions() {
  const { texts } = useSurroundings()
  const query = useActionList()
  const actions = useMemo(
    () => query.data?.actions.map((action) => actionInWords(action, texts)) ?? noActions,
    [query.data, texts],
  )
  return { ...query, actions, sendsEmail: query.data?.sendsEmail ?? true }
}
