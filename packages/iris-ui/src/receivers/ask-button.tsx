import type { Receiver } from '@standin/client'
import { useMutation } from '@tanstack/react-query'
import { useTRPC } from '../connection/api.ts'
import { failureOf, refusalOf } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { useReceiversChanged } from '../connection/use-receivers.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'

/** Asks the owner of an address by email whether they want results. */
export function useAsk(onAsked: (receiver: Receiver) => void = () => {}) {
  const { host, texts, formats } = useSurroundings()
  const words = texts.receivers
  const trpc = useTRPC()
  const changed = useReceiversChanged()
  const ask = useMutation(
    trpc.receiver.ask.mutationOptions({
      onSuccess(receiver) {
        host.toast({ title: words.wasAsked(receiver.address), kind: 'success' })
        onAsked(receiver)
      },
      onSettled: changed,
    }),
  )
  return {
    ask: (address: string) => ask.mutate({ accountId: host.account.id, address, language: host.user.language }),
    busy: ask.isPending,
    failure: ask.error ? `${words.notAsked} ${why(ask.error)}` : undefined,
  }

  function why(error: unknown): string {
    const failure = failureOf(error)
    const afterMs = refusalOf(error)?.retryAfterMs ?? 0
    const nowMs = Date.now()
    if (failure === 'RATE_LIMITED' && afterMs > 0)
      return words.askedTooOften(formats.moment(new Date(nowMs + afterMs).toISOString(), nowMs))
    return failure === 'INPUT_INVALID' ? words.needsNoQuestion : refusalWords(failure, texts)
  }
}

export function AskButton({ address }: { address: string }) {
  const words = useSurroundings().texts.receivers
  const { ask, busy, failure } = useAsk()
  return (
    <>
      <Button icon="send" busy={busy} aria-label={words.askNamed(address)} onClick={() => ask(address)}>
        {words.ask}
      </Button>
      <AskFailure failure={failure} />
    </>
  )
}

function AskFailure({ failure }: { failure: string | undefined }) {
  return (
    <div role="alert" className="alert">
      {failure && (
        <p className="st bad">
          <Icon name="bad" />
          <span>{failure}</span>
        </p>
      )}
    </div>
  )
}
