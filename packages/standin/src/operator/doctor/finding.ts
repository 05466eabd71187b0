/** The result of one check. */
export interface Finding {
  check: string
  /** `note`: worth knowing, and right in some setups; does not fail the command. */
  level: 'good' | 'note' | 'wrong'
  /** The finding, and unless it is good why it matters and what to do. */
  said: string
}

const finding = (level: Finding['level']) => (check: string, said: string) => ({ check, level, said })

export const good = finding('good')
export const note = finding('note')
export const wrong = finding('wrong')
