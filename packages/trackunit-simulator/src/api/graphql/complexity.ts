import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

/** [doc] More points than this in one query: `QUERY_COMPLEXITY_REACHED`. */
export const pointsPerQuery = 50_000

const usualFirst = 20
const deepest = 30

type Variables = Record<string, unknown>
type Estimate = { fragments: Map<string, FragmentDefinitionNode>; variables: Variables }

/**
 * Points of a query. Trackunit's own formula is not documented; ours is one point for each field, times the page size
 * of each list around it.
 */
export function complexityOf(document: DocumentNode, variables: Variables, operationName?: string | null): number {
  const operation = operationOf(document, operationName)
  if (!operation) return 0
  return costOf(operation.selectionSet, { fragments: fragmentsOf(document), variables }, 0)
}

/** The names of the root fields an operation asks for, and the page sizes of its lists. */
export function outlineOf(document: DocumentNode, variables: Variables, operationName?: string | null) {
  const operation = operationOf(document, operationName)
  const rootFields = (operation?.selectionSet.selections ?? [])
    .filter((selection) => selection.kind === Kind.FIELD)
    .map((field) => ({ name: field.name.value, first: pageSize(field, variables) }))
  return { type: operation?.operation, rootFields }
}

function operationOf(document: DocumentNode, name?: string | null): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  return name ? operations.find((operation) => operation.name?.value === name) : operations[0]
}

function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]))
}

function costOf(selectionSet: SelectionSetNode, estimate: Estimate, depth: number): number {
  if (depth > deepest) return 0
  let cost = 0
  for (const selection of selectionSet.selections) {
    switch (selection.kind) {
      case Kind.FIELD:
        cost += fieldCost(selection, estimate, depth)
        break
      case Kind.INLINE_FRAGMENT:
        cost += costOf(selection.selectionSet, estimate, depth + 1)
        break
      case Kind.FRAGMENT_SPREAD: {
        const fragment = estimate.fragments.get(selection.name.value)
        if (fragment) cost += costOf(fragment.selectionSet, estimate, depth + 1)
      }
    }
  }
  return cost
}

function fieldCost(field: FieldNode, estimate: Estimate, depth: number): number {
  if (field.name.value.startsWith('__')) return 0
  if (!field.selectionSet) return 1
  const isList = field.selectionSet.selections.some(
    (selection) => selection.kind === Kind.FIELD && selection.name.value === 'edges',
  )
  const times = isList ? (pageSize(field, estimate.variables) ?? usualFirst) : 1
  return 1 + times * costOf(field.selectionSet, estimate, depth + 1)
}

function pageSize(field: FieldNode, variables: Variables): number | undefined {
  const value = field.arguments?.find((argument) => argument.name.value === 'first')?.value
  if (value?.kind === Kind.INT) return Math.max(0, Number(value.value))
  const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined
  return typeof given === 'number' ? Math.max(0, given) : undefined
}
