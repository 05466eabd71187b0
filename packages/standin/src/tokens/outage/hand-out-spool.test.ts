import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAdjustableClock } from '../../../test/adjustable-clock.ts'
import type { SpooledHandOut } from '../../audit/hand-out-writer.ts'
import { createHandOutSpool } from './hand-out-spool.ts'

const handOut = (fingerprint: string) =>
  ({
    accountId: '11111111-1111-4111-8111-111111111111',
    generation: 1,
    scopeKey: 'a b',
    fingerprint,
    serviceKeyId: 'k',
    restsOn: ['m'],
    receiver: { kind: 'service', id: 'reports' },
  }) as const

async function makeFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'standin-spool-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return join(dir, 'spool')
}

/** Several processes over one folder. */
async function openSpools({ maxBytes = 10_000 } = {}) {
  const dir = await makeFolder()
  const clock = createAdjustableClock(new Date())
  const recorded: SpooledHandOut[] = []
  const apart: string[] = []
  const record = async (each: SpooledHandOut) => void recorded.push(each)
  const setAside = async ({ text }: { text: string }) => void apart.push(text)
  return {
    dir,
    clock,
    recorded,
    apart,
    record: { record, setAside },
    open() {
      const spool = createHandOutSpool({ dir, maxBytes, outageServeMs: 600_000 }, clock)
      onTestFinished(() => spool.close())
      return spool
    },
    fingerprints: () => recorded.map(({ fingerprint }) => fingerprint),
  }
}

test('invariant 16: what was appended is on disk, and is recorded once with who, what and when', async () => {
  const { open, clock, dir, record, recorded } = await openSpools()
  const spool = open()
  await Promise.all([spool.append(handOut('one')), spool.append(handOut('two'))])
  const [name = ''] = await readdir(dir)
  expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600)

  expect(await spool.drain(record)).toEqual({ recorded: 2, setAside: [] })
  expect(await spool.drain(record)).toEqual({ recorded: 0, setAside: [] })

  const identity = { entryId: expect.stringMatching(/^[0-9a-f-]{36}$/), at: clock.now() }
  expect(recorded).toEqual([
    { ...handOut('one'), ...identity },
    { ...handOut('two'), ...identity },
  ])
  expect(await readdir(dir)).toEqual([])
})

test('invariant 16: without room nothing is handed out', async () => {
  const { open, record, fingerprints } = await openSpools({ maxBytes: 600 })
  const spool = open()
  await spool.append(handOut('one'))
  await spool.append(handOut('two'))
  await expect(spool.append(handOut('three'))).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
  await expect(open().append(handOut('of another process'))).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })

  await spool.drain(record)
  expect(fingerprints()).toEqual(['one', 'two'])
  await spool.append(handOut('four'))
})

test('invariant 16: without a place to write nothing is handed out', async () => {
  const dir = await makeFolder()
  await appendFile(dir, 'a file is in the way')
  const spool = createHandOutSpool({ dir, outageServeMs: 1 }, createAdjustableClock())

  await expect(spool.append(handOut('one'))).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
})

test('invariant 18: what a killed process left is recorded by the next one, a line that was cut off is not', async () => {
  const { open, dir, record, fingerprints, clock } = await openSpools()
  await open().append(handOut('one'))
  const [name = ''] = await readdir(dir)
  await appendFile(join(dir, name), JSON.stringify(handOut('cut off')).slice(0, 40))

  await open().drain(record)
  expect(fingerprints()).toEqual(['one'])
  // Its process may still live: the file is kept until no line can be added.
  expect(await readdir(dir)).toEqual([name])
  clock.advance(600_000 + 60_001 + 60_000)
  await open().drain(record)
  expect(await readdir(dir)).toEqual([])
})

test('invariant 18: what is written after a line that was cut off, as a full disk does, is recorded', async () => {
  const { open, dir, record, fingerprints } = await openSpools()
  const spool = open()
  await spool.append(handOut('one'))
  const [name = ''] = await readdir(dir)
  await appendFile(join(dir, name), JSON.stringify(handOut('cut off')).slice(0, 40))
  await spool.append(handOut('two'))

  expect(await spool.drain(record)).toMatchObject({ recorded: 2, setAside: [`${name}:3`] })
  expect(fingerprints()).toEqual(['one', 'two'])
})

test('what cannot be recorded yet is kept', async () => {
  const { open, record, fingerprints } = await openSpools()
  const spool = open()
  await spool.append(handOut('one'))
  const down = { ...record, record: () => Promise.reject(new Error('down again')) }
  await expect(spool.drain(down)).rejects.toThrow('down again')
  await spool.append(handOut('two'))

  await spool.drain(record)

  expect(fingerprints().sort()).toEqual(['one', 'two'])
})

test.for([
  { what: 'makes no sense', line: 'nonsense' },
  { what: 'is no hand-out', line: '{}' },
  {
    what: 'the database refuses',
    line: JSON.stringify({ ...handOut('refused'), entryId: crypto.randomUUID(), at: new Date() }),
  },
])('invariant 16: a line that $what is set aside once, kept, and stops nothing', async ({ line }) => {
  const { open, dir, record, apart, recorded, fingerprints } = await openSpools()
  const spool = open()
  await spool.append(handOut('one'))
  const [name = ''] = await readdir(dir)
  await appendFile(join(dir, name), `${line}\n`)
  await spool.append(handOut('two'))
  const picky = {
    ...record,
    async record(each: SpooledHandOut) {
      if (each.fingerprint === 'refused')
        throw new Error('failed query', { cause: Object.assign(new Error('no'), { code: '22P02' }) })
      recorded.push(each)
    },
  }

  expect(await spool.drain(picky)).toEqual({ recorded: 2, setAside: [`${name}:3`] })
  await appendFile(join(dir, name), '\n') // Its process may still live: the file is read again.
  expect(fingerprints().toSorted()).toEqual(['one', 'two'])
  expect(apart).toEqual([line])
  expect(await readFile(join(dir, 'set-aside.jsonl'), 'utf8')).toBe(
    `${JSON.stringify({ name: `${name}:3`, text: line })}\n`,
  )

  expect(await open().drain(picky)).toMatchObject({ setAside: [] })
  expect(apart).toEqual([line])
})
