import type { Account, SimulatorState } from './state.ts'

export type AccountProfile = {
  id: string
  name: string
  language: string
  timeZone: string
  users: { administrator: User; reader: User }
}

export type User = { id: string; name: string }
export type UserRole = keyof AccountProfile['users']
/** Who views an account: one of its users, or a stranger from another account. */
export type ViewerRole = UserRole | 'stranger'

/** The accounts that exist before the first installation. The first has the id of the documented sample. */
export const knownAccounts: readonly AccountProfile[] = [
  {
    id: '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3',
    name: 'Nordvang Entreprenør A/S',
    language: 'en-GB',
    timeZone: 'Europe/Copenhagen',
    users: {
      administrator: { id: '3d0f5a1c-52b7-4f0e-9a55-0c8f7f6d1e01', name: 'Mette Kjær' },
      reader: { id: '3d0f5a1c-52b7-4f0e-9a55-0c8f7f6d1e02', name: 'Aksel Holm' },
    },
  },
  {
    id: 'c2a4e3d7-9b1f-4a57-8d3e-7f21b6c0a9e4',
    name: 'Lindqvist Maskin AB',
    language: 'en-GB',
    timeZone: 'Europe/Stockholm',
    users: {
      administrator: { id: '8e61c7f4-04d9-4c3b-b1a2-5d9e3f7a2b01', name: 'Sofia Lindqvist' },
      reader: { id: '8e61c7f4-04d9-4c3b-b1a2-5d9e3f7a2b02', name: 'Nils Berg' },
    },
  },
]

/** Any other account exists once a request names it. Ids are compared in lower case. */
export function profileOf(accountId: string): AccountProfile {
  const id = accountId.toLowerCase()
  const known = knownAccounts.find((account) => account.id === id)
  if (known) return known

  return {
    id,
    name: `Account ${id.slice(0, 8)}`,
    language: 'en-GB',
    timeZone: 'Europe/Copenhagen',
    users: {
      administrator: { id: `${id.slice(0, -2)}01`, name: 'Ada Administrator' },
      reader: { id: `${id.slice(0, -2)}02`, name: 'Rolf Reader' },
    },
  }
}

/** The user in a viewer's token: a stranger is the administrator of another account. */
export function signedInAs(
  account: AccountProfile,
  role: ViewerRole,
): { user: User; accountId: string; role: UserRole } {
  if (role !== 'stranger') return { user: account.users[role], accountId: account.id, role }
  const other = knownAccounts.find(({ id }) => id !== account.id) ?? account
  return { user: other.users.administrator, accountId: other.id, role: 'administrator' }
}

/** The second known account has a smaller fleet, so that the two are easy to tell apart. */
export function fleetSizeOf(accountId: string, fleetSize: number): number {
  return accountId === knownAccounts[1]?.id ? Math.ceil(fleetSize / 6) : fleetSize
}

/** The record of an account, made when it is first needed. */
export function accountRecord(state: SimulatorState, accountId: string): Account {
  const id = accountId.toLowerCase()
  state.accounts[id] ??= {
    accountId: id,
    isInstalled: false,
    clientId: null,
    lastCallback: null,
    dismissedEventIds: [],
  }
  return state.accounts[id]
}
