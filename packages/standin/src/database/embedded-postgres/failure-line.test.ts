import { expect, test } from 'vitest'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { asEmbeddedPostgresError, failureLine } from './failure-line.ts'

// What PostgreSQL 18.4 and its initdb said on such a machine.
test.for<[said: string, line: string]>([
  [
    'running bootstrap script ... 2026-11-24 13:40:00.000 UTC [1] FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device\nchild process exited with exit code 1',
    'the disk of /data is full',
  ],
  ['FATAL:  could not map anonymous shared memory: Cannot allocate memory', 'not enough (shared) memory'],
  ['FATAL:  could not resize shared memory segment "/PostgreSQL.1": No space left on device', '(shared) memory'],
  ['initdb: error: could not create directory "/data/base": Read-only file system', 'read-only'],
  ['initdb: error: could not access directory "/data": Permission denied', 'may not use /data'],
  ['FATAL:  data directory "/data" has wrong ownership', 'may not use /data'],
  ['postgres: error while loading shared libraries: libicuuc.so.60: cannot open shared object file', 'glibc'],
  ['FATAL:  lock file "postmaster.pid" is empty', 'remove that file'],
  ['spawn /opt/bin/initdb ENOENT', 'glibc'],
])('%s', ([said, line]) => {
  expect(failureLine(said, '/data')).toContain(line)
})

test('for an unknown failure, only its last complaint is quoted', () => {
  const line = failureLine('LOG:  starting\nFATAL:  the moon is full\nLOG:  shut down\n', '/data')

  expect(line).toContain('FATAL:  the moon is full')
  expect(line).not.toContain('shut down')
})

test('a file system error becomes one line and keeps its cause; other errors are not changed', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' })
  const bug = new TypeError('a bug')

  const translated = asEmbeddedPostgresError(full, '/data')

  expect(translated).toBeInstanceOf(EmbeddedPostgresError)
  expect(translated).toMatchObject({ message: expect.stringMatching(/full.*DATABASE_URL/), cause: full })
  expect(asEmbeddedPostgresError(bug, '/data')).toBe(bug)
})
