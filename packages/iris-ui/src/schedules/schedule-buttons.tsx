import type { Action, Schedule } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { hindranceOf } from '../actions/may-start.ts'
import { useTRPC } from '../connection/api.ts'
import { useAskAgain } from '../connection/ask-again.ts'
import { failureOf } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { useInstallation } from '../connection/use-account.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Question } from '../parts/question.tsx'
import { RefusedPress } from '../parts/refused-press.tsx'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import { StartNow } from './start-now.tsx'

interface ScheduleButtonsProps {
  schedule: Schedule
  title: string
  /** Undefined if it is gone. */
  action: Action | undefined
  /** This person may not change it. */
  off: boolean
}

export function ScheduleButtons({ schedule, title, action, off }: ScheduleButtonsProps) {
  const { host, texts } = useSurroundings()
  const words = texts.schedules
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const askAgain = useAskAgain()
  const [, navigate] = useLocation()
  const [asking, setAsking] = useState(false)
  const changed = () => queryClient.invalidateQueries({ queryKey: trpc.schedule.list.pathKey() })
  const after = (title: string) => ({
    async onSuccess() {
      await changed()
      host.toast({ title, kind: 'success' as const })
    },
  })
  const pause = useMutation(trpc.schedule.pause.mutationOptions(after(words.isPaused)))
  const resume = useMutation(trpc.schedule.resume.mutationOptions(after(words.isResumed)))
  const remove = useMutation(
    trpc.schedule.delete.mutationOptions({
      onSuccess() {
        host.toast({ title: words.removed, kind: 'success' })
        navigate(addresses.schedules)
        askAgain(trpc.schedule.list.pathKey(), trpc.delivery.undelivered.pathKey())
      },
    }),
  )
  const input = { scheduleId: schedule.id }
  const state = useInstallation().data?.state
  const mayResume = action !== undefined && hindranceOf(action, state) === undefined
  const why = off ? 'sched-role' : undefined

  return (
    <div className="acts btns">
      {off ? (
        <p className="small muted" id="sched-role">
          {texts.shell.needsRole}
        </p>
      ) : (
        <Link href={addresses.changeSchedule(schedule.id)} className="btn">
          <Icon name="pen" />
          {words.change}
        </Link>
      )}
      <StartNow schedule={schedule} title={title} action={action} />
      {schedule.state === 'active' ? (
        <Button
          icon="pause"
          busy={pause.isPending}
          off={off}
          aria-describedby={why}
          onClick={() => pause.mutate(input)}
        >
          {words.pause}
        </Button>
      ) : (
        <Button
          icon="play"
          look="go"
          busy={resume.isPending}
          off={off || !mayResume}
          aria-describedby={why ?? (mayResume ? undefined : 'start-not')}
          onClick={() => resume.mutate(input)}
        >
          {words.resume}
        </Button>
      )}
      <Button look="stop" off={off} aria-describedby={why} onClick={() => setAsking(true)}>
        {words.remove}
      </Button>
      <RefusedPress error={pause.error ?? resume.error} what={pause.isError ? words.notPaused : words.notResumed} />
      {asking && (
        <Question
          heading={words.removeQuestion(title)}
          means={words.removeMeans}
          keep={words.keep}
          go={words.remove}
          busy={remove.isPending}
          failure={remove.error ? refusalWords(failureOf(remove.error), texts) : undefined}
          onKeep={() => setAsking(false)}
          onGo={() => remove.mutate(input)}
        />
      )}
    </div>
  )
}
