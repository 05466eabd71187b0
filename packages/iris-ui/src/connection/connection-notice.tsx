import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { useFirstSurroundings } from '../surroundings.ts'
import type { Failure } from './failure.ts'
import { NextTry } from './next-try.tsx'
import { RETRY_MS } from './refresh-times.ts'

interface ConnectionNoticeProps {
  failure: Failure
  failedAtMs: number
  /** When the page's data was loaded; 0 if there is none. */
  loadedAtMs: number
  trying: boolean
}

/** The notice above the page, or instead of it, while the server is not answering. */
export function ConnectionNotice({ failure, failedAtMs, loadedAtMs, trying }: ConnectionNoticeProps) {
  const { host, texts, formats } = useFirstSurroundings()
  const queryClient = useQueryClient()
  const words = texts.connection
  const shows = loadedAtMs > 0
  const place = shows ? ({ slim: true } as const) : ({ level: 1 } as const)
  const tryNow = () => void queryClient.refetchQueries()
  const again = (label: string) => (
    <Button icon="redo" busy={trying} onClick={tryNow}>
      {label}
    </Button>
  )
  const put = (label: string) => (shows ? { aside: again(label) } : {})
  const under = (label: string) => (shows ? null : <div className="btns">{again(label)}</div>)

  switch (failure) {
    case 'ACCOUNT_FORBIDDEN':
      return (
        <Notice tone="bad" icon="off" heading={words.forbidden} {...place}>
          <p>{words.forbiddenDo(host.account.name)}</p>
        </Notice>
      )
    case 'SCOPE_FORBIDDEN':
      return (
        <Notice tone="wait" icon="eye" heading={words.noRight} {...place}>
          <p>{words.noRightDo}</p>
        </Notice>
      )
    case 'SIGNED_OUT':
    case 'UNAUTHENTICATED': {
      const signedOut = failure === 'SIGNED_OUT'
      return (
        <Notice
          tone="warn"
          icon="warn"
          heading={signedOut ? words.signedOut : words.unknownUser}
          {...place}
          {...put(words.tryAgain)}
        >
          <p>{signedOut ? words.signedOutDo : words.unknownUserDo}</p>
          {under(words.tryAgain)}
        </Notice>
      )
    }
    default: {
      const lost = shows ? words.lostSince(formats.clock(loadedAtMs)) : words.lost
      return (
        <Notice
          tone="warn"
          icon={failure === 'UNREACHABLE' ? 'cloudOff' : 'warn'}
          heading={failure === 'UNREACHABLE' ? lost : words.trouble}
          {...place}
          {...put(words.tryNow)}
        >
          <p>
            {failure === 'UNREACHABLE' ? words.lostMeans : words.troubleMeans}{' '}
            <NextTry at={failedAtMs + RETRY_MS} trying={trying} />
          </p>
          {under(words.tryNow)}
        </Notice>
      )
    }
  }
}
