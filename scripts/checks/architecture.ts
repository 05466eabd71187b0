import { posix } from 'node:path'

/** A step of a path in `docs/architecture.md`: a function, called by the step that it is indented under. */
export interface Step {
  /** Relative to `packages/standin/src`. */
  file: string
  name: string
  /** Undefined for the start of a path, which `wiring` reaches. */
  caller: Step | undefined
  /** The step is not imported by its caller: a `hook`, or something `kept` between calls, that another file wires. */
  wired: { as: string; in: string } | undefined
  /** The name of the background loop that starts here. */
  loop: string | undefined
}

const stepLine = /^( *)(?:\d+\.|-) `([\w/.-]+\.ts)` `(\w+)`(.*)$/
const wiring = /^ \((?:hook|kept as) `(\w+)`, wired in `([\w/.-]+\.ts)`\)/
const loopName = /^ \(loop `([\w-]+)`\)/

/** What is served, what runs in the background, and what is heard of other replicas. */
const startsOfPaths = ['wiring/serve-http.ts', 'wiring/background-loops.ts', 'wiring/hear-others.ts']

/** The steps of every path, in the order of the document. */
export function stepsOf(document: string): Step[] {
  const open: Array<{ indent: number; step: Step }> = []
  return document.split('\n').flatMap((line) => {
    const [, spaces = '', file = '', name = '', rest = ''] = stepLine.exec(line) ?? []
    if (file === '') return []
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= spaces.length) open.pop()
    const [, as = '', wiredIn = ''] = wiring.exec(rest) ?? []
    const step: Step = {
      file,
      name,
      caller: open.at(-1)?.step,
      wired: as === '' ? undefined : { as, in: wiredIn },
      loop: loopName.exec(rest)?.[1],
    }
    open.push({ indent: spaces.length, step })
    return [step]
  })
}

/**
 * What is wrong with a document's steps: a file or function that does not exist, a step that its caller does not call, or
 * steps of one caller in another order than it calls them.
 * @param read the source of a file under `packages/standin/src`; undefined if it does not exist
 */
export function wrongSteps(steps: readonly Step[], read: (file: string) => string | undefined): string[] {
  return steps.flatMap((step, index) => {
    const { file, name, caller, wired, loop } = step
    const label = `${file} ${name}`
    if (!exportsName(read(file), name)) return [`${label} does not exist`]

    const wiring = wired?.in ?? caller?.file
    const importers = wiring === undefined ? startsOfPaths : [wiring]
    const importer = importers.find((from) => importsName(read(from) ?? '', name, { from, file }))
    if (importer === undefined) return [`${importers.join(' or ')} does not import ${label}`]
    if (loop !== undefined && !read(importer)?.includes(`name: '${loop}'`)) return [`${importer} has no loop '${loop}'`]
    if (!caller) return []

    const source = read(caller.file) ?? ''
    const used = placeOf(wired?.as ?? name, caller.name, source)
    if (!used) return [`${caller.name} in ${caller.file} does not use ${wired?.as ?? name}`]
    const before = steps.slice(0, index).findLast((each) => each.caller === caller)
    const usedBefore = before && placeOf(before.wired?.as ?? before.name, caller.name, source)
    return usedBefore && isLater(usedBefore, used) ? [`${caller.name} calls ${name} before ${before?.name}`] : []
  })
}

const exportsName = (source: string | undefined, name: string) =>
  new RegExp(`^export (?:async )?(?:function\\*?|const) ${name}\\b`, 'm').test(source ?? '')

function importsName(source: string, name: string, { from, file }: { from: string; file: string }): boolean {
  return [...source.matchAll(/^import (?!type)\{([^}]*)\} from '([^']+)'/gm)].some(
    ([, names = '', specifier = '']) =>
      posix.join(posix.dirname(from), specifier) === file && names.split(',').some((each) => each.trim() === name),
  )
}

/**
 * Where a function first uses a name: an offset in its body, then, if that is a call of another function of the file, an
 * offset in that one's body, and so on.
 */
function placeOf(name: string, from: string, source: string): number[] | undefined {
  const bodies = bodiesOf(source)
  return search(from, new Set())

  function search(inside: string, seen: ReadonlySet<string>): number[] | undefined {
    const body = bodies.get(inside) ?? ''
    for (const { 0: word, index } of body.matchAll(/\b\w+\b/g)) {
      if (word === name) return [placeOfCall(body, index + word.length)]
      if (word === inside || seen.has(word) || !bodies.has(word)) continue
      const deeper = search(word, new Set([...seen, inside]))
      if (deeper) return [placeOfCall(body, index + word.length), ...deeper]
    }
    return undefined
  }
}

/** The text after the name of each function and constant at the top of a file. */
function bodiesOf(source: string): Map<string, string> {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')
  const declarations = [...code.matchAll(/^(?:export )?(?:async )?(?:function\*?|const|interface|type) (\w+)/gm)]
  return new Map(
    declarations.map(({ 0: start, 1: name = '', index }, at) => [
      name,
      code.slice(index + start.length, declarations[at + 1]?.index),
    ]),
  )
}

/**
 * Where a call counts: at its closing parenthesis, because its arguments are evaluated first; where it starts if a
 * function is among them, because that function runs later.
 */
function placeOfCall(code: string, from: number): number {
  if (code[from] !== '(') return from
  let depth = 0
  for (let at = from; at < code.length; at++) {
    if (code[at] === '(') depth++
    if (code[at] === ')' && --depth === 0) return code.slice(from, at).includes('=>') ? from : at
  }
  return from
}

function isLater(left: readonly number[], right: readonly number[]): boolean {
  const at = left.findIndex((place, index) => place !== right[index])
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0)
}
