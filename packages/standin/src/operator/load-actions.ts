import { resolve } from 'node:path'
import { actionsIn } from '../actions/actions-in.ts'
import type { AnyAction } from '../actions/define-action.ts'
import { whatBroke } from '../dev/what-broke.ts'
import { CommandFailed, type Terminal } from './terminal.ts'

/** @throws CommandFailed that names the file, the line and the mistake, if one of the files cannot be loaded */
export async function loadActions({ root }: Pick<Terminal, 'root'>, folder: string): Promise<AnyAction[]> {
  try {
    return await actionsIn(resolve(root, folder))
  } catch (error) {
    throw new CommandFailed(whatBroke(error, root))
  }
}
