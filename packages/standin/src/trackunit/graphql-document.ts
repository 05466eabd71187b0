import { type DocumentNode, Kind, type OperationDefinitionNode, OperationTypeNode, parse, print } from 'graphql'
import { StandinError } from '../standin-error.ts'

/**
 * A document with its types, as GraphQL Code Generator makes them: a `TypedDocumentNode` or a `TypedDocumentString`. Described
 * by its properties instead of the class, so that any version of graphql-js may have parsed it.
 */
export type TypedDocument<Data, Variables> = (ParsedDocument | TextDocument) & {
  __apiType?: (variables: Variables) => Data
}

// biome-ignore lint/suspicious/noExplicitAny: a document of any types is sent the same way
export type AnyDocument = TypedDocument<any, any>

/** A `String` object, as code generators produce it. Declared here, since we use none of their classes. */
interface TextDocument {
  readonly length: number
  charAt(position: number): string
  toString(): string
}

interface ParsedDocument {
  readonly kind: string
  readonly definitions: readonly object[]
}

/** A document as it is sent: the same one always gives the same text. */
export const textOfDocument = (document: string | AnyDocument): string =>
  'definitions' in Object(document) ? print(document as DocumentNode) : String(document)

/**
 * What a document that changes data is called, such as `mutation DismissEvent`; undefined for one that only reads.
 * @throws StandinError `ACTION_FAULTY` for a text that is not a GraphQL document: what it would do is unknown
 */
export function changeOfDocument(document: string): string | undefined {
  const operations = operationsOf(document)
  if (!operations) throw new StandinError('ACTION_FAULTY', { detail: 'It sent a text that is not a GraphQL document.' })
  const change = operations.find(({ operation }) => operation !== OperationTypeNode.QUERY)
  return change && [change.operation, change.name?.value].filter(Boolean).join(' ')
}

/** Extends a document of one query to ask what it cost and what is left. The cost of any other document stays unknown. */
export function withRateLimit(document: string): string {
  const [query, ...more] = operationsOf(document) ?? []
  if (query?.operation !== OperationTypeNode.QUERY || more.length > 0) return document
  const { selections, loc } = query.selectionSet
  const asksAlready = selections.some((each) => each.kind === Kind.FIELD && each.name.value === 'rateLimit')
  if (asksAlready || !loc) return document
  const [before, after] = [document.slice(0, loc.end - 1), document.slice(loc.end - 1)]
  return `${before}${/\s$/.test(before) ? '' : ' '}rateLimit { cost remaining resetIn } ${after}`
}

function operationsOf(document: string): OperationDefinitionNode[] | undefined {
  try {
    return parse(document).definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION)
  } catch {
    return undefined
  }
}
