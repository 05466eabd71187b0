import { grants, serviceKeys, signedGrants, signedKeys } from './access/access-table.ts'
import { consoleSessions, signedConsoleSessions } from './access/console-session-table.ts'
import { credentials, installations, signedAccounts, signedCredentials } from './accounts/account-table.ts'
import { signedTable } from './secrets/signed-row-store.ts'
import { keySets, signedKeySets } from './trackunit/key-set-table.ts'

/** Every table whose rows are signed. */
export const signedTables = [
  signedTable(serviceKeys, signedKeys),
  signedTable(grants, signedGrants),
  signedTable(consoleSessions, signedConsoleSessions),
  signedTable(keySets, signedKeySets),
  signedTable(installations, signedAccounts),
  signedTable(credentials, signedCredentials),
]
