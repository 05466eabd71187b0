import { buildSchema, GraphQLError, getVariableValues, Kind, parse, validate } from 'graphql'
import { typeDefinitions } from './schema.ts'

/** With groups, which are not documented: a caller must cope with their refusal. */
const documented = buildSchema(typeDefinitions({ hasGroups: true }))

/** What a request asks for that Trackunit does not document: a field, an argument, a variable that is missing. */
export function whatIsWrong({
  query,
  variables,
}: {
  query: string
  variables: Record<string, unknown>
}): string | undefined {
  try {
    const document = parse(query)
    const [invalid] = validate(documented, document)
    if (invalid) return kindOf(invalid)
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue
      const { errors } = getVariableValues(documented, definition.variableDefinitions ?? [], variables)
      if (errors) return 'A variable is missing, or not of its type.'
    }
    return undefined
  } catch (error) {
    return error instanceof GraphQLError ? 'It is no GraphQL.' : 'It could not be read.'
  }
}

/** Without the caller's text, which may contain a secret. */
const kindOf = ({ message }: GraphQLError) => message.replaceAll(/"[^"]*"|'[^']*'/g, '…').slice(0, 120)
