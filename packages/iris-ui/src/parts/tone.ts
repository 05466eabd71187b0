/** A state's colour. Words and shape always show the state too. */
export type Tone = 'ok' | 'run' | 'wait' | 'warn' | 'bad'
