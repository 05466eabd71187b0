/** How a thing stands. Always said by words and shape too. */
export type Tone = 'ok' | 'run' | 'wait' | 'warn' | 'bad'
