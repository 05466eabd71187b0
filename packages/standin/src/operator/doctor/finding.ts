/** What one look of the doctor's found. */
export interface Finding {
  check: string
  /** `note`: worth knowing, and right for some; nothing ends with 1 because of it. */
  level: 'good' | 'note' | 'wrong'
  /** What was found, and where it is not good why that matters and what to do. */
  said: string
}

const finding = (level: Finding['level']) => (check: string, said: string) => ({ check, level, said })

export const good = finding('good')
export const note = finding('note')
export const wrong = finding('wrong')
