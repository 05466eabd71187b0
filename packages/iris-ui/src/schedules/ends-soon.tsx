import type { Schedule } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { RefusedPress } from '../parts/refused-press.tsx'
import { useSurroundings } from '../surroundings.ts'

interface EndsSoonProps {
  schedule: Schedule & { endsAt: string }
  /** Who made it. */
  maker: string
  mayTakeOver: boolean
}

/** Announces that a schedule ends because its author has been away for long. */
export function EndsSoon({ schedule, maker, mayTakeOver }: EndsSoonProps) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.schedules
  const nowMs = useNow(60_000)
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const takeOver = useMutation(
    trpc.schedule.resume.mutationOptions({
      async onSuccess() {
        await queryClient.invalidateQueries({ queryKey: trpc.schedule.list.pathKey() })
        host.toast({ title: words.isTakenOver, kind: 'success' })
      },
    }),
  )
  return (
    <Notice
      tone="warn"
      icon="warn"
      heading={words.endsSoon(formats.moment(schedule.endsAt, nowMs))}
      level={2}
      slim
      aside={
        mayTakeOver && (
          <Button busy={takeOver.isPending} onClick={() => takeOver.mutate({ scheduleId: schedule.id })}>
            {words.takeOver}
          </Button>
        )
      }
    >
      <p>{words.endsSoonMeans(maker)}</p>
      <RefusedPress error={takeOver.error} what={words.notTakenOver} />
    </Notice>
  )
}
