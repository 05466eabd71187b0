import { parser } from '@prometheus-io/lezer-promql'

/** What Prometheus has of a server: each series at the moment of a scrape. */
export interface Scrape {
  atS: number
  series: readonly Sample[]
}
export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}
type SyntaxNode = ReturnType<typeof parser.parse>['topNode']
type Value = number | readonly Sample[]

const nameLabel = '__name__'

/** The series of a scrape in Prometheus' text format. */
export function seriesOf(text: string, added: Record<string, string>): Sample[] {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', inner = '', value = '']) => {
    const labels = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text])
    return {
      labels: { [nameLabel]: name, ...added, ...Object.fromEntries(labels) },
      value: Number(value.replace('Inf', 'Infinity')),
    }
  })
}

/**
 * What a query answers at the moment of the last scrape: as much of PromQL as the alerts use, and nothing else.
 * @throws where the query uses more
 */
export function evaluate(query: string, scrapes: readonly Scrape[]): Value {
  const now = scrapes.at(-1) ?? { atS: 0, series: [] }
  const textOf = ({ from, to }: SyntaxNode) => query.slice(from, to)

  function answerOf(node: SyntaxNode): Value {
    switch (node.name) {
      case 'NumberDurationLiteral':
        return Number(textOf(node))
      case 'ParenExpr':
        return answerOf(childrenOf(node)[0] as SyntaxNode)
      case 'VectorSelector':
        return select(node, now)
      case 'AggregateExpr':
        return aggregate(node)
      case 'FunctionCall':
        return call(node)
      case 'BinaryExpr':
        return combine(node)
      default:
        throw new Error(`Not known here: ${node.name} in ${query}`)
    }
  }

  const vectorOf = (node: SyntaxNode): readonly Sample[] => {
    const value = answerOf(node)
    return typeof value === 'number' ? [{ labels: {}, value }] : value
  }

  function select(node: SyntaxNode, { series }: Scrape): Sample[] {
    const name = textOf(node.getChild('Identifier') as SyntaxNode)
    const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => {
      const [label = '', op = '', text = ''] = childrenOf(matcher).map(textOf)
      const wanted = JSON.parse(text) as string
      const matches = /~/.test(op)
        ? new RegExp(`^(?:${wanted})$`).test.bind(new RegExp(`^(?:${wanted})$`))
        : (is: string) => is === wanted
      return (labels: Sample['labels']) => matches(labels[label] ?? '') !== op.startsWith('!')
    })
    return series.filter(({ labels }) => labels[nameLabel] === name && matchers.every((isMatch) => isMatch(labels)))
  }

  function call(node: SyntaxNode): Value {
    const [name = '', ...args] = [
      textOf(node.getChild('FunctionIdentifier') as SyntaxNode),
      ...childrenOf(node.getChild('FunctionCallBody')),
    ]
    const [first, second] = args as SyntaxNode[]
    switch (name) {
      case 'absent':
        return vectorOf(first as SyntaxNode).length === 0 ? [{ labels: {}, value: 1 }] : []
      case 'increase':
        return increaseOf(first as SyntaxNode).map(({ labels, grown }) => ({ labels, value: grown }))
      case 'rate':
        return increaseOf(first as SyntaxNode).map(({ labels, grown, overS }) => ({ labels, value: grown / overS }))
      case 'histogram_quantile':
        return quantiles(answerOf(first as SyntaxNode) as number, vectorOf(second as SyntaxNode))
      default:
        throw new Error(`Not known here: ${name} in ${query}`)
    }
  }

  /** By how much each counter grew. As in Prometheus, one that begins within the time has no earlier value to grow from. */
  function increaseOf(node: SyntaxNode) {
    const selector = node.getChild('VectorSelector') as SyntaxNode
    const overS = secondsOf(textOf(node.getChild('DurationExpr') as SyntaxNode))
    const inside = scrapes.filter(({ atS }) => atS > now.atS - overS)
    return select(selector, now).flatMap(({ labels, value }) => {
      const first = inside
        .flatMap((scrape) => select(selector, scrape))
        .find((each) => keyOf(each.labels) === keyOf(labels))
      return inside.length < 2 || first === undefined
        ? []
        : [{ labels: without(labels), grown: value - first.value, overS }]
    })
  }

  function aggregate(node: SyntaxNode): Sample[] {
    const op = textOf(node.getChild('AggregateOp') as SyntaxNode)
    const by =
      node.getChild('AggregateModifier')?.getChild('GroupingLabels')?.getChildren('LabelName').map(textOf) ?? []
    const groups = Map.groupBy(vectorOf(childrenOf(node.getChild('FunctionCallBody'))[0] as SyntaxNode), ({ labels }) =>
      JSON.stringify(by.map((label) => [label, labels[label] ?? ''])),
    )
    const fold: Record<string, (values: number[]) => number> = {
      sum: (values) => values.reduce((sum, value) => sum + value, 0),
      max: (values) => Math.max(...values),
      min: (values) => Math.min(...values),
      count: (values) => values.length,
    }
    return [...groups].map(([key, group]) => {
      const value = fold[op]?.(group.map((each) => each.value))
      if (value === undefined) throw new Error(`Not known here: ${op} in ${query}`)
      return { labels: Object.fromEntries(JSON.parse(key)), value }
    })
  }

  function combine(node: SyntaxNode): Value {
    const [left, op, right] = childrenOf(node) as [SyntaxNode, SyntaxNode, SyntaxNode]
    const sign = textOf(op)
    const [a, b] = [answerOf(left), answerOf(right)]
    if (sign === 'and' || sign === 'or') {
      const [ones, others] = [vectorOf(left), vectorOf(right)]
      const has = (list: readonly Sample[], { labels }: Sample) =>
        list.some((each) => keyOf(without(each.labels)) === keyOf(without(labels)))
      return sign === 'and'
        ? ones.filter((one) => has(others, one))
        : [...ones, ...others.filter((other) => !has(ones, other))]
    }
    const compute = operators[sign]
    if (!compute) throw new Error(`Not known here: ${sign} in ${query}`)
    const filters = /[<>=]/.test(sign)
    const join = (one: number, other: number, labels: Sample['labels']): Sample[] => {
      const result = compute(one, other)
      if (filters) return result ? [{ labels, value: one }] : []
      return [{ labels: without(labels), value: Number(result) }]
    }
    if (typeof a === 'number')
      return typeof b === 'number' ? Number(compute(a, b)) : b.flatMap(({ labels, value }) => join(a, value, labels))
    if (typeof b === 'number') return a.flatMap(({ labels, value }) => join(value, b, labels))
    return a.flatMap(({ labels, value }) => {
      const other = b.find((each) => keyOf(without(each.labels)) === keyOf(without(labels)))
      return other ? join(value, other.value, labels) : []
    })
  }

  const top = parser.parse(query).topNode
  return answerOf(childrenOf(top)[0] as SyntaxNode)
}

const operators: Record<string, (a: number, b: number) => number | boolean> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
}

/** Linear between the bounds of the bucket that it falls into. */
function quantiles(quantile: number, buckets: readonly Sample[]): Sample[] {
  const groups = Map.groupBy(buckets, ({ labels: { le: _, ...labels } }) => keyOf(labels))
  return [...groups.values()].flatMap((group) => {
    const sorted = group
      .map(({ labels, value }) => ({ upTo: Number((labels.le ?? '').replace('+Inf', 'Infinity')), value }))
      .toSorted((one, other) => one.upTo - other.upTo)
    const rank = quantile * (sorted.at(-1)?.value ?? 0)
    if (rank === 0) return []
    const at = sorted.findIndex(({ value }) => value >= rank)
    const [below, bucket] = [sorted[at - 1] ?? { upTo: 0, value: 0 }, sorted[at] ?? { upTo: 0, value: 0 }]
    if (bucket.upTo === Number.POSITIVE_INFINITY) return [{ labels: {}, value: below.upTo }]
    const share = (rank - below.value) / (bucket.value - below.value)
    return [{ labels: {}, value: below.upTo + (bucket.upTo - below.upTo) * share }]
  })
}

const units: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 }
export const secondsOf = (text: string): number => Number.parseInt(text, 10) * (units[text.at(-1) ?? ''] ?? Number.NaN)

const without = ({ [nameLabel]: _, ...labels }: Sample['labels']): Sample['labels'] => labels
const keyOf = (labels: Sample['labels']): string => JSON.stringify(Object.entries(labels).toSorted())

function childrenOf(node: SyntaxNode | null): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) children.push(child)
  return children
}
