import type { DatabaseTrouble } from '../database/database-watch.ts'
import { span } from './ages.ts'
import type { Now } from './now.ts'

/** Something that is wrong: what it is, what it means, and what to do, as in `docs/operating.md`. */
export interface Trouble {
  /** `bad`: act now. `warn`: it can wait until the day. */
  tone: 'bad' | 'warn'
  what: string
  means: string
  toDo: string
  /** A page of the console that has more. */
  seeAt?: string
}

const ofDatabase: Record<DatabaseTrouble, Omit<Trouble, 'tone' | 'what'> & { word: string }> = {
  down: {
    word: 'does not answer',
    means: 'Tokens in memory are served. Callbacks get a 503, and one that Trackunit does not send again is lost.',
    toDo: 'Bring PostgreSQL back at once. Nothing needs a restart.',
  },
  'not-committing': {
    word: 'answers, but does not commit',
    means: 'Its synchronous standby is away, or its disk is slow. Tokens come from memory; callbacks get a 503.',
    toDo: 'Bring the standby back, or take it out of synchronous_standby_names.',
  },
  'read-only': {
    word: 'is read-only',
    means: 'This is a standby, or default_transaction_read_only is on. Callbacks get a 503.',
    toDo: 'Check that DATABASE_URL names the primary.',
  },
  full: {
    word: 'has a full disk',
    means: 'Nothing is stored. Tokens come from memory; callbacks get a 503.',
    toDo: 'Make room. A replica notices within five seconds.',
  },
  behind: {
    word: 'lacks what was committed',
    means: 'It was restored from a backup, or a failover lost the latest changes. Every request gets a 503.',
    toDo: 'See After a restore in docs/operating.md, then run "standin database after-restore".',
  },
}

/** The limits of the alerts in `deploy/alerts.yaml`. */
const late = { signInS: 300, proofS: 300, deliveryS: 900, keysMs: 1_800_000, held: 800 }

/** Pure: what is wrong, the worst first. */
export function findTroubles(now: Now, at: Date): Trouble[] {
  const found = [...troublesHere(now), ...(now.database.trouble ? [] : troublesStored(now, at))]
  return [...found.filter(({ tone }) => tone === 'bad'), ...found.filter(({ tone }) => tone === 'warn')]
}

function troublesHere({ database, keysMissing, clockAheadMs, spoolBytes }: Now): Trouble[] {
  const found: Trouble[] = []
  if (database.trouble) {
    const { word, ...said } = ofDatabase[database.trouble]
    const leftMs = database.trouble === 'behind' ? 0 : database.bridgesMs - database.downForMs
    const bridge =
      leftMs > 0 ? ` This server bridges it for another ${span(leftMs)}.` : ' This server no longer serves tokens.'
    const what = `The database ${word}, for ${span(database.downForMs)}`
    found.push({ tone: 'bad', what, ...said, means: said.means + bridge })
  }
  if (keysMissing.length > 0)
    found.push({
      tone: 'bad',
      what: `This server lacks ${keysMissing.join(', ')}`,
      means: 'Stored values need these keys, or it has other bytes under their names. Every request gets a 503.',
      toDo: 'Give it the keys that the other servers have, and restart it.',
    })
  if (clockAheadMs !== undefined)
    found.push({
      tone: 'bad',
      what: `This machine’s clock is ${span(Math.abs(clockAheadMs))} ${clockAheadMs < 0 ? 'behind' : 'ahead of'} the database’s`,
      means: 'A genuine callback would look expired, so callbacks get a 503.',
      toDo: 'Synchronise both clocks (NTP). Nothing needs a restart.',
    })
  if (spoolBytes === undefined)
    found.push({
      tone: 'warn',
      what: 'The spool cannot be read',
      means: 'During an outage of the database, no tokens would be handed out.',
      toDo: 'Check the folder spool in STANDIN_DATA_DIR, and that the server may write there.',
    })
  else if (spoolBytes > 0 && !database.trouble)
    found.push({
      tone: 'warn',
      what: 'Hand-outs of an outage are not in the audit yet',
      means: 'They are written within seconds of the database’s return. If this stays, the database refuses them.',
      toDo: 'Keep the volume of this server, the only record of these hand-outs. The log says what is refused.',
    })
  return found
}

function troublesStored({ stored, keys }: Now, at: Date): Trouble[] {
  if (!stored) return []
  const found: Trouble[] = []
  const { waiting, heldCallbacks } = stored
  if (stored.signInDownForS > 0)
    found.push({
      tone: stored.signInDownForS > late.signInS ? 'bad' : 'warn',
      what: `Trackunit’s sign-in does not answer, for ${span(stored.signInDownForS * 1_000)}`,
      means: 'Valid tokens are still served. Other callers get an error at once, and one request at a time asks again.',
      toDo: 'Nothing: everything recovers with the first answer. If it lasts, check that this machine reaches TRACKUNIT_TOKEN_URL.',
    })
  if (stored.keysFetchedAt && at.getTime() - stored.keysFetchedAt.getTime() > late.keysMs)
    found.push({
      tone: 'warn',
      what: `Trackunit’s signing keys were last fetched ${span(at.getTime() - stored.keysFetchedAt.getTime())} ago`,
      means: 'Known keys work for a day. Callbacks that a newer key signed are kept until it can be fetched.',
      toDo: 'Check that the servers reach TRACKUNIT_JWKS_URL (doctor).',
    })
  if (stored.oldestDueProofS > late.proofS)
    found.push({
      tone: 'bad',
      what: `Credentials have been due to be proven for ${span(stored.oldestDueProofS * 1_000)}`,
      means: 'New installations do not come into force. After a bulk install this is normal.',
      toDo: 'Check that a process with the part worker runs, and that the sign-in answers.',
    })
  if (stored.oldestDueDeliveryS > late.deliveryS)
    found.push({
      tone: 'warn',
      what: `A result has been due to be sent for ${span(stored.oldestDueDeliveryS * 1_000)}`,
      means: 'Emails and webhooks are late.',
      toDo: 'Check that a process with the part worker runs. If one does, its log says what keeps it from sending.',
    })
  if (heldCallbacks > 0)
    found.push({
      tone: heldCallbacks > late.held ? 'bad' : 'warn',
      what: `${heldCallbacks} ${heldCallbacks === 1 ? 'callback is' : 'callbacks are'} held`,
      means: 'They have no effect yet. Above 1,000 the most frequent sender’s are dropped first.',
      toDo: 'See which rule each one breaks, fix the setting, then release it.',
      seeAt: '/console/callbacks',
    })
  if (waiting.approval > 0)
    found.push({
      tone: 'warn',
      what: `${waiting.approval} ${waiting.approval === 1 ? 'account awaits' : 'accounts await'} approval`,
      means: 'Someone re-installed the app, and nothing binds it to the account. The old credentials still work.',
      toDo: 'Ask the account. If it did not re-install, someone tries to take it over: refuse.',
      seeAt: '/console/accounts?state=awaiting-approval',
    })
  if (waiting.quarantined > 0)
    found.push({
      tone: 'warn',
      what: `${waiting.quarantined} ${waiting.quarantined === 1 ? 'account has' : 'accounts have'} credentials in quarantine`,
      means: 'The credentials belong or belonged to another account.',
      toDo: 'Find out why before you release them.',
      seeAt: '/console/accounts?state=quarantined',
    })
  const lacking = stored.keyReaders.filter(({ reads }) => !reads.includes(keys.encryption[0] ?? ''))
  if (lacking.length > 0)
    found.push({
      tone: 'bad',
      what: `${lacking.length} ${lacking.length === 1 ? 'replica lacks' : 'replicas lack'} the key ${keys.encryption[0]} that this one encrypts with`,
      means: 'They cannot open what this one stores: step 1 of rotating a key was skipped.',
      toDo: 'Make the old key the first again, and start over.',
    })
  return found
}
