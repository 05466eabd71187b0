import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript-6'
import { root } from '../../scripts/part.ts'

/** A declaration that is longer than this is replaced by its hash: it is inferred from a schema, and too long to read. */
const mostCharacters = 3_000

/**
 * What a built package offers: every export of every entry with its declaration, without comments, by name. Types that are not
 * exported are not in it.
 */
export function publicApi(folder: string): string {
  const { name, publishConfig, exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const entries: Array<[string, { types?: string }]> = Object.entries({ ...exports, ...publishConfig?.exports })
  const typed = entries.flatMap(([entry, { types }]) => (types ? [{ entry, file: join(root, folder, types) }] : []))
  const program = ts.createProgram(
    typed.map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true, skipLibCheck: true, types: [] },
  )
  const checker = program.getTypeChecker()
  const printer = ts.createPrinter({ removeComments: true })

  const print = (declaration: ts.Declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
    const text = printer.printNode(ts.EmitHint.Unspecified, statement, declaration.getSourceFile())
    return text.length <= mostCharacters ? text : `// ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
  }
  const parts = typed.map(({ entry, file }) => {
    const source = program.getSourceFile(file)
    const module = source && checker.getSymbolAtLocation(source)
    if (!module) throw new Error(`${file} exports nothing. Was the package built?`)
    const offered = checker
      .getExportsOfModule(module)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map((symbol) => {
        const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
        const declarations = (meant.declarations ?? []).map(print).join('\n')
        return `// ${symbol.name}\n${declarations}`
      })
    return `// ${name}${entry.slice(1)}\n\n${offered.join('\n\n')}\n`
  })
  return parts.join('\n')
}
