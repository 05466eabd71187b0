import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ActionError, createActionCatalogue } from '../actions/action-catalogue.ts'
import { actionsIn } from '../actions/actions-in.ts'
import type { AnyAction } from '../actions/define-action.ts'
import { whatBroke } from '../dev/what-broke.ts'
import { CommandFailed, type Terminal } from './terminal.ts'

/** `check`: loads what a server of this project would load, and needs neither a database nor settings. */
export function addCheckCommand(program: Command, terminal: Terminal): void {
  program
    .command('check')
    .option('--actions <folder>', 'where the actions are, from the folder of standin.config.ts', 'actions')
    .action(async ({ actions: folder }: { actions: string }) => {
      const actions = await loadActions(terminal, folder)
      try {
        createActionCatalogue(
          actions,
          terminal.app.scopes.map(({ scope }) => scope),
        )
      } catch (error) {
        if (error instanceof ActionError) throw new CommandFailed(error.message)
        throw error
      }
      terminal.print(`${actions.length} ${actions.length === 1 ? 'action' : 'actions'} can be used.`)
    })
}

/** @throws CommandFailed that names the file, the line and the mistake, if one of the files cannot be loaded */
export async function loadActions({ root }: Pick<Terminal, 'root'>, folder: string): Promise<AnyAction[]> {
  try {
    return await actionsIn(resolve(root, folder))
  } catch (error) {
    throw new CommandFailed(whatBroke(error, root))
  }
}
