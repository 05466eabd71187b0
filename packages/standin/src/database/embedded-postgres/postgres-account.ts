import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** The user that PostgreSQL runs as. It refuses to run as root. */
export type PostgresAccount =
  /** As the user who runs this process. */
  | { readonly type: 'own' }
  /** As root outside and `nobody` inside a user namespace: files stay root's, and nothing is copied. */
  | { readonly type: 'namespace' }
  /** As another user, from a copy of the binaries that this user can reach. */
  | { readonly type: 'other'; readonly uid: number; readonly gid: number }

export const nobody = 65534

export interface AccountFacts {
  /** `undefined` if there are no user ids (Windows). */
  readonly uid: number | undefined
  readonly platform: string
  /** The cluster's owner, if there is a cluster. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined
  /** Whether this machine lets root make a user namespace and PostgreSQL run within it. */
  readonly mayUseNamespace: () => Promise<boolean>
}

/** The owner of a cluster stays its owner, so that a user's folder opened once by root can still be opened by the user. */
export async function choosePostgresAccount(facts: AccountFacts): Promise<PostgresAccount> {
  if (facts.uid !== 0) return { type: 'own' }
  if (facts.platform !== 'linux')
    throw new EmbeddedPostgresError('PostgreSQL refuses to run as root: start Standin as another user')
  const { owner } = facts
  if (owner && owner.uid !== 0) return { type: 'other', uid: owner.uid, gid: owner.gid }
  if (await facts.mayUseNamespace()) return { type: 'namespace' }
  return { type: 'other', uid: nobody, gid: nobody }
}
