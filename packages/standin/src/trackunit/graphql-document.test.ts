import fc from 'fast-check'
import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { changeOfDocument, textOfDocument, withRateLimit } from './graphql-document.ts'

describe('what a document would change', () => {
  test.for([
    { document: 'mutation { a }', change: 'mutation' },
    { document: '# a query\nmutation Dismiss($id: ID!) { dismiss(id: $id) { ok } }', change: 'mutation Dismiss' },
    { document: 'fragment F on Q { a }\n,,mutation M{a{...F}}', change: 'mutation M' },
    { document: 'query Q { a } mutation M { b }', change: 'mutation M' },
    { document: 'subscription S { a }', change: 'subscription S' },
    { document: '{ mutation }', change: undefined },
    { document: 'query mutation { a }', change: undefined },
    { document: 'query Q { a(text: "mutation { b }") } # mutation', change: undefined },
  ])('$document: $change', ({ document, change }) => {
    expect(changeOfDocument(document)).toBe(change)
  })

  test('of a text that is no document it is unknown, so it is refused', () => {
    expect(() => changeOfDocument('mutation {')).toThrow(expect.objectContaining({ reason: 'ACTION_FAULTY' }))
  })

  test('a document that was parsed, or that is an object with its text, is sent as its text', () => {
    expect(textOfDocument(parse('query Q { a }') as never)).toBe('query Q {\n  a\n}')
    expect(textOfDocument(new String('query Q { a }') as never)).toBe('query Q { a }')
  })
})

describe('the question for what a query costs', () => {
  test.for([
    { document: '{a}', asked: '{a rateLimit { cost remaining resetIn } }' },
    { document: 'query Q { a { ...F } } fragment F on A { b }', asked: true },
    { document: 'query Q { a # }\n}', asked: true },
    { document: '{ rateLimit { cost } }', asked: false },
    { document: 'mutation { a }', asked: false },
    { document: 'query A { a } query B { b }', asked: false },
    { document: 'no document', asked: false },
  ])('$document: $asked', ({ document, asked }) => {
    const sent = withRateLimit(document)
    if (typeof asked === 'string') expect(sent).toBe(asked)
    expect(sent === document).toBe(asked === false)
    if (asked !== false) expect(() => parse(sent)).not.toThrow()
  })

  test('is asked once, and nothing else of the document changes', () => {
    const name = fc.constantFrom('a', 'b', 'rateLimits', 'cost')
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), fc.constantFrom('', 'query Q'), (names, head) => {
        const sent = withRateLimit(`${head}{${names.join(' ')}}`)
        expect(withRateLimit(sent)).toBe(sent)
        expect(sent.replace(' rateLimit { cost remaining resetIn } ', '')).toBe(`${head}{${names.join(' ')}}`)
      }),
    )
  })
})
