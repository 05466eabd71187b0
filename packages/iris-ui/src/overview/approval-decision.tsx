import type { Installation } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { failureOf } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Question } from '../parts/question.tsx'
import { useSurroundings } from '../surroundings.ts'

interface ApprovalDecisionProps {
  installation: Installation
  generation: number
  since: string
  activeSchedules: number
}

/** What would change, side by side, and the two buttons. */
export function ApprovalDecision({ installation, generation, since, activeSchedules }: ApprovalDecisionProps) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.needs
  const nowMs = useNow(60_000)
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)

  const decided = (title: string) => ({
    onSuccess(after: Installation) {
      queryClient.setQueryData(trpc.installation.get.queryKey({ accountId: host.account.id }), after)
      void queryClient.invalidateQueries()
      host.toast({ title, kind: 'success' as const })
      setAsking(false)
    },
  })
  const approve = useMutation(trpc.installation.approve.mutationOptions(decided(words.used)))
  const refuse = useMutation(trpc.installation.refuse.mutationOptions(decided(words.refused)))
  const failed = approve.error ?? refuse.error
  const failure =
    failed &&
    (['SCOPE_FORBIDDEN', 'ACCOUNT_FORBIDDEN'].includes(failureOf(failed))
      ? words.notAllowedToDecide
      : `${words.notDecided} ${refusalWords(failureOf(failed), texts)}`)
  const chosen = { accountId: host.account.id, generation }
  const works = installation.state === 'active'

  return (
    <>
      <div className="cmp">
        <table>
          <caption className="vh">{words.changes}</caption>
          <thead>
            <tr>
              <td />
              <th scope="col">{words.now}</th>
              <th scope="col">{words.after}</th>
            </tr>
          </thead>
          <tbody>
            <Compared
              head={words.cameOn}
              now={installation.since ? <Moment at={installation.since} /> : '–'}
              after={<Moment at={since} />}
            />
            <Compared
              head={words.who}
              now={installation.generation === 1 ? words.whoFirst : words.whoNow}
              after={words.whoAfter}
            />
            <Compared
              head={words.works}
              now={
                works && installation.since ? (
                  <span className="st ok">
                    <Icon name="check" />
                    <span>{words.worksNow(formats.moment(installation.since, nowMs))}</span>
                  </span>
                ) : (
                  words.worksNot
                )
              }
              after={
                <span className="st ok">
                  <Icon name="check" />
                  <span>{words.worksAfter}</span>
                </span>
              }
            />
            <Compared
              head={words.schedules}
              now={words.schedulesNow(activeSchedules)}
              after={words.schedulesAfter(activeSchedules)}
            />
          </tbody>
        </table>
      </div>
      <p className="small muted foot">{words.approvalFoot}</p>
      <div role="alert">
        {failure && !asking && (
          <p className="st bad">
            <Icon name="bad" />
            <span>{failure}</span>
          </p>
        )}
      </div>
      <div className="btns foot">
        <Button look="go" busy={approve.isPending} onClick={() => approve.mutate(chosen)}>
          {words.use}
        </Button>
        <Button onClick={() => setAsking(true)}>{words.refuse}</Button>
      </div>
      {asking && (
        <Question
          heading={words.refuseQuestion}
          means={words.refuseQuestionMeans}
          keep={words.refuseKeep}
          go={words.refuse}
          busy={refuse.isPending}
          failure={failure ?? undefined}
          onKeep={() => setAsking(false)}
          onGo={() => refuse.mutate(chosen)}
        />
      )}
    </>
  )
}

function Moment({ at }: { at: string }) {
  const { formats } = useSurroundings()
  return (
    <time dateTime={at}>
      {formats.date(at)}, {formats.clock(at)}
    </time>
  )
}

function Compared({ head, now, after }: { head: string; now: ReactNode; after: ReactNode }) {
  const words = useSurroundings().texts.needs
  return (
    <tr>
      <th scope="row">{head}</th>
      <td data-l={words.now}>{now}</td>
      <td data-l={words.after}>{after}</td>
    </tr>
  )
}
