import { parser } from '@prometheus-io/lezer-promql';

/** One metric that an expression reads. */
export interface Selected {
  readonly metric: string;
  /** labels that matchers name */
  readonly matched: readonly string[];
  /** labels that matchers fix to one value */
  readonly fixed: readonly string[];
  /** the aggregations around it, the innermost first, with the labels that each keeps */
  readonly aggregations: readonly { readonly operator: string; readonly by: readonly string[] }[];
}

type Node = ReturnType<typeof parser.parse>['topNode'];

/**
 * The metrics of a PromQL expression.
 * @throws when it is none
 */
export function selectedBy(expression: string): Selected[] {
  // Grafana fills these in before Prometheus reads them.
  const text = expression.replaceAll('$__rate_interval', '5m');
  const top = parser.parse(text).topNode;
  const say = ({ from, to }: Node) => text.slice(from, to);
  const found: Selected[] = [];
  const walk = (node: Node, around: Selected['aggregations']): void => {
    if (node.type.isError) throw new Error(`no PromQL at character ${node.from}: ${expression}`);
    const inside =
      node.name === 'AggregateExpr'
        ? [
            { operator: say(node.getChild('AggregateOp')!).toLowerCase(), by: groupedBy(node, say) },
            ...around,
          ]
        : around;
    if (node.name === 'VectorSelector') found.push({ ...selector(node, say), aggregations: inside });
    for (let child = node.firstChild; child; child = child.nextSibling) walk(child, inside);
  };
  walk(top, []);
  return found;
}

function groupedBy(aggregate: Node, say: (node: Node) => string): string[] {
  const labels = aggregate.getChild('AggregateModifier')?.getChild('GroupingLabels');
  return labels?.getChildren('LabelName').map(say) ?? [];
}

function selector(node: Node, say: (node: Node) => string) {
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  const name = (matcher: Node) => say(matcher.getChild('LabelName')!);
  return {
    metric: say(node.getChild('Identifier')!),
    matched: matchers.map(name),
    fixed: matchers.filter((matcher) => say(matcher.getChild('MatchOp')!) === '=').map(name),
  };
}
