import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { Button } from '../parts/button.tsx'
import { Question } from '../parts/question.tsx'
import { useSurroundings } from '../surroundings.ts'

/** "It was removed": asks once, then all of this account's access and files go. */
export function RemovalDecision() {
  const { host, texts } = useSurroundings()
  const words = texts.needs
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const confirm = useMutation(
    trpc.installation.confirmUninstall.mutationOptions({
      onSuccess(installation) {
        queryClient.setQueryData(trpc.installation.get.queryKey({ accountId: host.account.id }), installation)
        void queryClient.invalidateQueries()
        host.toast({ title: words.removalDone, kind: 'success' })
        setAsking(false)
      },
    }),
  )
  return (
    <>
      <Button look="risk" onClick={() => setAsking(true)}>
        {words.removalYes}
      </Button>
      {asking && (
        <Question
          heading={words.removalQuestion}
          means={words.removalQuestionMeans}
          keep={words.removalKeep}
          go={words.removalYes}
          busy={confirm.isPending}
          failure={confirm.isError ? words.notDecided : undefined}
          onKeep={() => setAsking(false)}
          onGo={() => confirm.mutate({ accountId: host.account.id })}
        />
      )}
    </>
  )
}
