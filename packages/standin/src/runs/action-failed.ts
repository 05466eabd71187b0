import { type Message, textOf } from '@standin/contracts'

interface ActionFailedOptions {
  /**
   * `never` (the default): the run fails. `soon`: the run waits and continues from its last checkpoint, up to five times in a
   * row, with growing pauses of 2 to 40 seconds.
   */
  retry?: 'never' | 'soon'
  /** With `soon`: the shortest wait, in milliseconds. */
  retryAfterMs?: number
  /** For the log. */
  cause?: unknown
}

/**
 * An action cannot do its work, for a reason that people can understand. The text is shown on the run's page, in emails and to
 * clients, so it must not contain secrets; at most 1,000 characters. Inside `effect` it also means that Trackunit certainly did
 * not make the change.
 * @example throw new ActionFailed('Order 77 is closed')
 */
export class ActionFailed extends Error {
  override readonly name = 'ActionFailed'
  readonly text: Message
  readonly retry: 'never' | 'soon'
  readonly retryAfterMs: number | undefined

  constructor(text: Message, { retry = 'never', retryAfterMs, cause }: ActionFailedOptions = {}) {
    super(textOf(text), { cause })
    this.text = text
    this.retry = retry
    this.retryAfterMs = retryAfterMs
  }

  /** What may be logged. */
  get safeMessage(): string {
    return this.message
  }
}
