import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { Button } from '../parts/button.tsx'
import { RefusedPress } from '../parts/refused-press.tsx'
import { RefusedStart } from '../parts/refused-start.tsx'
import { useRetryRun } from '../runs/use-retry-run.ts'
import { useSurroundings } from '../surroundings.ts'

/** Resends a result to a receiver that it did not reach. */
export function ResendButton({ runId, deliveryId, to }: { runId: string; deliveryId: string; to: string }) {
  const { host, texts } = useSurroundings()
  const words = texts.needs
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const resend = useMutation(
    trpc.delivery.resend.mutationOptions({
      async onSuccess() {
        host.toast({ title: words.resent(to), kind: 'success' })
        await Promise.all(
          [trpc.delivery.undelivered.pathKey(), trpc.run.get.queryKey({ runId })].map((queryKey) =>
            queryClient.invalidateQueries({ queryKey }),
          ),
        )
      },
    }),
  )
  return (
    <>
      <Button
        icon="send"
        busy={resend.isPending}
        aria-label={words.resendNamed(to)}
        onClick={() => resend.mutate({ runId, deliveryId })}
      >
        {words.resend}
      </Button>
      <RefusedPress error={resend.error} what={words.notResent} />
    </>
  )
}

export function ResumeButton({ scheduleId, title }: { scheduleId: string; title: string }) {
  const { host, texts } = useSurroundings()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const resume = useMutation(
    trpc.schedule.resume.mutationOptions({
      async onSuccess() {
        host.toast({ title: texts.schedules.isResumed, kind: 'success' })
        await queryClient.invalidateQueries({ queryKey: trpc.schedule.list.pathKey() })
      },
    }),
  )
  return (
    <>
      <Button
        icon="play"
        busy={resume.isPending}
        aria-label={texts.needs.resumeNamed(title)}
        onClick={() => resume.mutate({ scheduleId })}
      >
        {texts.schedules.resume}
      </Button>
      <RefusedPress error={resume.error} what={texts.schedules.notResumed} />
    </>
  )
}

/** Repeats a run that could not check everything. */
export function AgainButton({ runId, title }: { runId: string; title: string }) {
  const { texts } = useSurroundings()
  const { press, busy, failure } = useRetryRun(runId)
  return (
    <>
      <Button icon="redo" busy={busy} aria-label={texts.needs.runAgainNamed(title)} onClick={press}>
        {texts.needs.runAgain}
      </Button>
      <div role="alert" className="alert">
        <RefusedStart failure={failure} title={title} isAgain />
      </div>
    </>
  )
}

/** For a plan that was extended: actions that need it can be started again, and the next run asks Trackunit. */
export function TryPlanButton() {
  const { host, texts } = useSurroundings()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const tryPlan = useMutation(
    trpc.action.tryPlan.mutationOptions({
      async onSuccess() {
        host.toast({ title: texts.needs.planTried, kind: 'success' })
        await queryClient.invalidateQueries({ queryKey: trpc.action.list.pathKey() })
      },
    }),
  )
  return (
    <>
      <Button icon="redo" busy={tryPlan.isPending} onClick={() => tryPlan.mutate({ accountId: host.account.id })}>
        {texts.needs.tryPlan}
      </Button>
      <RefusedPress error={tryPlan.error} what="" />
    </>
  )
}
