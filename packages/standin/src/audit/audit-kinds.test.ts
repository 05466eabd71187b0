import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { auditKindSchema } from '@standin/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { auditEvents, eventsOfKinds, kindOf } from './audit-kinds.ts'
import type { AuditEntry } from './record.ts'

const source = fileURLToPath(new URL('..', import.meta.url))
const code = globSync('**/*.ts', { cwd: source, exclude: (name) => /\.test\.ts$|audit-kinds\.ts$/.test(name) })
  .map((file) => readFileSync(`${source}/${file}`, 'utf8'))
  .join('\n')

test('every recorded event has a kind; an event without one does not compile', () => {
  const entry: Omit<AuditEntry, 'actor'> = { event: 'run.started' }
  // @ts-expect-error: it has no kind.
  const unknown: Omit<AuditEntry, 'actor'> = { event: 'run.improvised' }
  expect([entry, unknown].map(({ event }) => auditEvents.includes(event))).toEqual([true, false])
})

test('every event in the code has a kind, and every event with a kind is recorded somewhere', () => {
  const nouns = [...new Set(auditEvents.map((event) => event.split('.', 1)[0]))].join('|')
  const named = [...code.matchAll(new RegExp(`'((?:${nouns})\\.[a-z-]+)'`, 'g'))].map(([, event]) => event ?? '')
  const built = [...code.matchAll(new RegExp(`event: \`((?:${nouns})\\.)\\$`, 'g'))].map(([, begin]) => begin ?? '')

  const recorded = new Set(named)
  expect(
    auditEvents.filter((event) => !recorded.has(event) && !built.some((begin) => event.startsWith(begin))),
  ).toEqual([])
  const events = [...code.matchAll(/event: [^\n]*?'([a-z-]+\.[a-z-]+)'/g)].map(([, event]) => event)
  expect(events.length).toBeGreaterThan(20)
  expect(events.filter((event) => !(auditEvents as readonly unknown[]).includes(event))).toEqual([])
})

test('asking by kinds finds exactly the events of these kinds, and unknown ones as access', () => {
  const property = fc.property(fc.subarray(auditKindSchema.options), (kinds) => {
    const asked = eventsOfKinds(kinds)
    for (const event of [...auditEvents, 'of.an-older-version', 'constructor'])
      expect(
        'among' in asked ? asked.among.some((each) => each === event) : !asked.noneOf.some((each) => each === event),
      ).toBe(kinds.includes(kindOf(event)))
  })
  fc.assert(property)
})
