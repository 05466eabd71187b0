/** What one look of the doctor's found. */
export interface Finding {
  check: string
  isGood: boolean
  /** What was found, and where it is wrong what to do. */
  said: string
}

export const good = (check: string, said: string): Finding => ({ check, isGood: true, said })
export const bad = (check: string, said: string): Finding => ({ check, isGood: false, said })
