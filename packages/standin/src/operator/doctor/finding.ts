/** The result of one check. */
export interface Finding {
  check: string
  /** `note`: worth knowing, and right in some setups; does not fail the command. */
  level: 'good' | 'note' | 'wrong'
  /** The finding; unless it is good, also why it matters and what to do. */
  text: string
}

const finding = (level: Finding['level']) => (check: string, text: string) => ({ check, level, text })

export const good = finding('good')
export const note = finding('note')
export const wrong = finding('wrong')
