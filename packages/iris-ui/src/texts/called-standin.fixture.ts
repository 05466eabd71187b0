import { da as danish } from './da.ts'
import { en as english } from './en.ts'

/** The texts of an app that is called Standin and has no support address. */
export const en = english({ name: 'Standin' })
export const da = danish({ name: 'Standin' })
