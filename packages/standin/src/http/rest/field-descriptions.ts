/** What a name and a type do not say, by schema and field: units, defaults, and what null means. For the OpenAPI document. */
export const fieldDescriptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  IssueToken: {
    scopes: 'What the token must be able to do. By default all that the service and the account granted.',
    rejectedFingerprint:
      'The SHA-256 of a token that an API refused, as base64url without padding. The answer is a newer token.',
  },
  IssuedToken: {
    expiresInMs: 'Milliseconds from the moment of the answer. Count with a monotonic clock.',
    cacheForMs: 'For how many milliseconds the answer may be reused.',
    scopes: 'What the token can do.',
  },
  StartRun: {
    input: 'What the action asks for: see its `inputSchema`.',
    idempotencyKey: 'The same key returns the same run. With another action or input it is refused.',
    mode: 'A preview changes nothing. An action that changes data is applied only with the run of its preview.',
    previewRunId: 'The ended preview whose changes are made.',
    leaveOut: 'Rows of the preview, by their ids, whose changes are not made.',
    deliverTo: 'Where the result goes when the run has ended.',
    timeZone:
      'An IANA name, such as Europe/Copenhagen: when days begin, and the time zone of times in files. UTC by default.',
    unitSystem: 'Of files. Metric by default.',
    accountName: 'As its people know the account: emails begin with it. The name of the app by default.',
  },
  CreateSchedule: {
    recurrence: 'A recurrence rule of RFC 5545 without DTSTART, at most hourly.',
    timeZone: 'An IANA name. The times of the recurrence are in it.',
  },
  Run: {
    waitingUntil: 'When the run continues, while it is `waiting`; `reason` says what it waits for.',
    headline: 'The result in one sentence; final when the run has ended.',
    incomplete: 'What the result leaves out because it could not be read; null if it is complete.',
    reason: 'Why it failed, or what it waits for.',
    previewRunId: 'The preview whose changes it makes.',
    leaveOut: 'Rows of its preview whose changes it does not make.',
    retryOf: 'The run that it repeats.',
    lastSeq: 'The number of its last event.',
  },
  Progress: { total: 'Null while it is unknown.', secondsLeft: 'Null while it is unknown.' },
  Artifact: { keptUntil: 'When the file is deleted.' },
  ResultPage: {
    total: 'Rows that match the search and the filter, on all pages.',
    map: 'Where the rows are; on the first page alone.',
    facets: 'For each filterable column its values, the most frequent first.',
  },
  Row: { cells: 'By the column’s key. Null is unknown, 0 is zero.', isNew: 'The previous run did not have this row.' },
  Schedule: {
    endsAt: 'When it is paused unless its author uses the app before then; null for the schedule of a service.',
    reason: 'Why it is paused, unless someone paused it.',
    nextAt: 'Null while it is paused.',
  },
  Installation: {
    reason: 'Why tokens are not issued.',
    generation: 'The number of the credentials in use.',
    missingFromPlan: 'Denied scopes that the account’s Trackunit plan does not include.',
    erasesAt: 'When a `suspended` installation is erased, unless someone restores it before then.',
  },
}
