import type { Command } from 'commander'
import { ActionError, createActionCatalogue } from '../actions/action-catalogue.ts'
import { loadActions } from './load-actions.ts'
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
