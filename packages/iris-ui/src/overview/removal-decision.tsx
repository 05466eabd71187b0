import type { Installation } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { failureOf } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { Button } from '../parts/button.tsx'
import { Question } from '../parts/question.tsx'
import { RefusedPress } from '../parts/refused-press.tsx'
import { useSurroundings } from '../surroundings.ts'

/**
 * Asks whether Standin was removed. A yes needs confirmation, because it deletes the account's access and files.
 * @param isSuspended it has already stopped: a no restores it
 */
export function RemovalDecision({ isSuspended = false }: { isSuspended?: boolean }) {
  const { host, texts } = useSurroundings()
  const words = texts.needs
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const chosen = { accountId: host.account.id }

  const decided = (title: string) => ({
    onSuccess(after: Installation) {
      queryClient.setQueryData(trpc.installation.get.queryKey(chosen), after)
      void queryClient.invalidateQueries()
      host.toast({ title, kind: 'success' as const })
      setAsking(false)
    },
  })
  const confirm = useMutation(trpc.installation.confirmUninstall.mutationOptions(decided(words.removalDone)))
  const dismiss = useMutation(
    trpc.installation.dismissUninstall.mutationOptions(decided(isSuspended ? words.restored : words.removalDismissed)),
  )

  return (
    <>
      <div className="btns foot">
        <Button busy={dismiss.isPending} onClick={() => dismiss.mutate(chosen)}>
          {isSuspended ? words.restore : words.removalNo}
        </Button>
        <Button look="risk" onClick={() => setAsking(true)}>
          {words.removalYes}
        </Button>
      </div>
      <RefusedPress error={dismiss.error} what={words.notDecided} />
      {asking && (
        <Question
          heading={words.removalQuestion}
          means={words.removalQuestionMeans}
          keep={isSuspended ? words.notNow : words.removalKeep}
          go={words.removalYes}
          busy={confirm.isPending}
          failure={confirm.error ? `${words.notDecided} ${refusalWords(failureOf(confirm.error), texts)}` : undefined}
          onKeep={() => setAsking(false)}
          onGo={() => confirm.mutate(chosen)}
        />
      )}
    </>
  )
}
