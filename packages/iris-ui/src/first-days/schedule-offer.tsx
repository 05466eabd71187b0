import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useTRPC } from '../connection/api.ts'
import { allSchedules } from '../connection/first-lists.ts'
import { accountNameToSend } from '../forms/account-name-to-send.ts'
import { ActionText } from '../parts/action-text.tsx'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { RefusedPress } from '../parts/refused-press.tsx'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'

interface ScheduleOfferProps {
  actionId: string
  input: Record<string, unknown>
  recurrence: string
  title: string
  means: string
  /** Of the button that accepts it. */
  accept: string
  /** The address that gets each result. */
  to?: string | undefined
}

/** Offers one schedule, to be created with one click. Once declined, it is not offered to this user again. */
export function ScheduleOffer({ actionId, input, recurrence, title, means, accept, to }: ScheduleOfferProps) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.firstDays
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const accountId = host.account.id
  const listKey = trpc.schedule.list.queryKey(allSchedules(accountId))
  const create = useMutation(
    trpc.schedule.create.mutationOptions({
      async onSuccess() {
        host.toast({ title: words.isSet, kind: 'success' })
        focusPage()
        await queryClient.invalidateQueries({ queryKey: trpc.schedule.list.pathKey() })
      },
    }),
  )
  const decline = useMutation(
    trpc.schedule.declineOffer.mutationOptions({
      onSuccess() {
        focusPage()
        queryClient.setQueryData(listKey, (before) => before && { ...before, declined: [...before.declined, actionId] })
      },
    }),
  )
  const habits = {
    timeZone: formats.zone,
    unitSystem: host.user.measurement,
    language: texts.language,
    accountName: accountNameToSend(host.account.name),
  }

  return (
    <section className="offer" aria-labelledby="h-offer">
      <div>
        <Icon name="calendar" />
        <div>
          <h2 id="h-offer">
            <ActionText>{title}</ActionText>
          </h2>
          <p>
            <ActionText>{means}</ActionText>
          </p>
        </div>
      </div>
      <div className="btns">
        <Button
          look="go"
          busy={create.isPending}
          onClick={() =>
            create.mutate({
              accountId,
              actionId,
              input,
              recurrence,
              ...habits,
              deliverTo: to ? [{ kind: 'email', address: to, file: 'none' }] : [],
            })
          }
        >
          {accept}
        </Button>
        <Link href={`${addresses.newSchedule}?action=${actionId}`} className="btn">
          {words.change}
        </Link>
        <Button look="quiet" busy={decline.isPending} onClick={() => decline.mutate({ accountId, actionId })}>
          {words.noThanks}
        </Button>
      </div>
      <RefusedPress error={create.error ?? decline.error} what={words.notSet} />
    </section>
  )
}

/** The offer goes, and with it the button that had the focus. */
const focusPage = () => document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
