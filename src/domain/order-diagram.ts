/** Draws the transition table of orders.ts as the page docs/order-states.md, so that diagram and code cannot differ. */
import { ORDER_EVENTS, ORDER_STATES, ORDER_TRANSITIONS, isTerminal, type OrderEvent, type OrderState } from './orders';

interface Arrow {
  readonly from: OrderState;
  readonly to: OrderState;
  readonly event: OrderEvent;
  readonly oddity: string | null;
}

const mermaidName = (state: OrderState): string => state.replace('-', '_');

/** Every row that leads somewhere, in table order. */
function arrows(): readonly Arrow[] {
  return ORDER_STATES.flatMap((from) =>
    ORDER_EVENTS.flatMap((event): readonly Arrow[] => {
      const row = ORDER_TRANSITIONS[from][event];
      if (row === null) return [];
      return typeof row === 'string'
        ? [{ from, to: row, event, oddity: null }]
        : [{ from, to: row[0], event, oddity: row[1] }];
    }),
  );
}

function diagram(all: readonly Arrow[]): readonly string[] {
  const labels = new Map<string, string[]>();
  for (const { from, to, event } of all.filter((arrow) => arrow.from !== arrow.to)) {
    const edge = `${mermaidName(from)} --> ${mermaidName(to)}`;
    labels.set(edge, [...(labels.get(edge) ?? []), event]);
  }
  return [
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> proposed',
    ...[...labels].map(([edge, events]) => `  ${edge}: ${events.join(', ')}`),
    ...ORDER_STATES.filter(isTerminal).map((state) => `  ${mermaidName(state)} --> [*]`),
    '```',
  ];
}

/** The whole page, Markdown, ending in a newline. */
export function orderStatesPage(): string {
  const all = arrows();
  const contradictions = ORDER_STATES.map((state) => {
    const events = ORDER_EVENTS.filter((event) => ORDER_TRANSITIONS[state][event] === null);
    return `- ${state}: ${events.length === 0 ? 'none' : events.join(', ')}`;
  });
  return [
    '# Order states',
    '',
    'Drawn from the transition table in `src/domain/orders.ts`; a test fails when this page is stale (`UPDATE_DOCS=1 npx jest test/domain/order-diagram` redraws it).',
    '',
    ...diagram(all),
    '',
    '## Odd rows',
    '',
    '| state | event | next | why |',
    '|---|---|---|---|',
    ...all
      .filter((arrow) => arrow.oddity !== null)
      .map(({ from, event, to, oddity }) => `| ${from} | ${event} | ${to} | ${oddity} |`),
    '',
    '## Contradictions',
    '',
    'The state is kept, the symbol is frozen and a human is asked when the broker says one of these:',
    '',
    ...contradictions,
    '',
  ].join('\n');
}
