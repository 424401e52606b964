import fc from 'fast-check';
import {
  EMPTY_REVIEW,
  REVIEW_EVENTS,
  REVIEW_STATES,
  REVIEW_TRANSITIONS,
  reviewAfter,
  reviewOf,
  stateOf,
  type ReviewAct,
  type ReviewActKind,
  type Review,
} from '../../src/domain/model-review';

const RUNS = ['20131007_220000', '20131008_220000', '20131009_220000', '20131010_220000'];
const [A, B, C] = RUNS;
const said = { by: 'Ada', why: 'because', at: '2013-10-10T21:00:00.000Z' };

/** The act as whoever sees `review` would ask for it. */
function actOn(review: Review, kind: ReviewActKind, runId: string, to: string | null = null): ReviewAct {
  switch (kind) {
    case 'approved':
    case 'promoted':
      return { ...said, kind, runId, from: review.promoted, to: runId };
    case 'rolled-back':
      return { ...said, kind, runId, from: review.promoted, to };
    default:
      return { ...said, kind, runId };
  }
}

const after = (steps: readonly (readonly [ReviewActKind, string, (string | null)?])[]): Review =>
  steps.reduce((review, [kind, runId, to]) => {
    const next = reviewAfter(review, actOn(review, kind, runId, to));
    if (typeof next === 'string') throw new Error(next);
    return next;
  }, EMPTY_REVIEW);

test('the table, written out: what leads where', () => {
  const rows = REVIEW_STATES.map((state) =>
    REVIEW_EVENTS.flatMap((event) => {
      const to = REVIEW_TRANSITIONS[state][event];
      return to === null ? [] : [`${event} → ${to}`];
    }).join(', '),
  );
  expect(Object.fromEntries(REVIEW_STATES.map((state, i) => [state, rows[i]]))).toEqual({
    candidate: 'shadow-started → shadowing, promoted → promoted, rejected → rejected, expired → expired',
    shadowing: 'shadow-passed → awaiting-approval, promoted → promoted, rejected → rejected, expired → expired',
    'awaiting-approval': 'approved → promoted, promoted → promoted, rejected → rejected, expired → expired',
    promoted: 'rolled-back → rolled-back, superseded → superseded',
    superseded: 'promoted → promoted, reinstated → promoted',
    rejected: '',
    expired: 'promoted → promoted, rejected → rejected',
    'rolled-back': 'promoted → promoted, rejected → rejected',
  });
});

test('a run goes through shadow and approval into the place of the champion, and a rollback brings that one back', () => {
  const review = after([
    ['promoted', A],
    ['shadow-started', B],
    ['shadow-passed', B],
    ['approved', B],
  ]);
  expect([review.promoted, stateOf(review, A), stateOf(review, B)]).toEqual([B, 'superseded', 'promoted']);
  const back = reviewAfter(review, actOn(review, 'rolled-back', B, A)) as Review;
  expect([back.promoted, stateOf(back, A), stateOf(back, B), back.earlier]).toEqual([A, 'promoted', 'rolled-back', []]);
});

test('what is refused says why', () => {
  const review = after([
    ['promoted', A],
    ['rejected', B],
  ]);
  const why = (act: ReviewAct) => reviewAfter(review, act);
  expect(why(actOn(review, 'approved', C))).toBe(`run ${C} is candidate and cannot be approved`);
  expect(why(actOn(review, 'promoted', B))).toBe(`run ${B} is rejected and cannot be promoted`);
  expect(why(actOn(review, 'promoted', A))).toBe(`run ${A} is promoted already`);
  expect(why(actOn(review, 'rolled-back', A, C))).toBe(`run ${C} is candidate and cannot be reinstated`);
  expect(why({ ...said, kind: 'promoted', runId: C, from: B, to: C })).toMatch(`run ${A} is promoted by now`);
  expect(why({ ...said, kind: 'promoted', runId: C, from: A, to: B })).toMatch('names other runs');
  expect(() => reviewOf([actOn(EMPTY_REVIEW, 'approved', A)])).toThrow(/^act 1: /);
});

const ACTS = REVIEW_EVENTS.filter((event): event is ReviewActKind => event !== 'superseded' && event !== 'reinstated');
const steps = fc.array(
  fc.record({
    kind: fc.oneof(fc.constantFrom(...ACTS), fc.constant<ReviewActKind>('promoted')),
    runId: fc.constantFrom(...RUNS),
    to: fc.constantFrom(...RUNS, null),
  }),
  { minLength: 10, maxLength: 40 },
);

test('whatever is asked for: one champion at most, its state says so, and every way back is open', () => {
  let changes = 0;
  fc.assert(
    fc.property(steps, (asked) => {
      const history: ReviewAct[] = [];
      let review = EMPTY_REVIEW;
      for (const { kind, runId, to } of asked) {
        const act = actOn(review, kind, runId, to);
        const next = reviewAfter(review, act);
        if (typeof next === 'string') continue;
        history.push(act);
        review = next;
        const champions = RUNS.filter((run) => stateOf(review, run) === 'promoted');
        expect(champions).toEqual(review.promoted === null ? [] : [review.promoted]);
        expect(new Set(review.earlier).size).toBe(review.earlier.length);
        for (const run of review.earlier) {
          expect(stateOf(review, run)).toBe('superseded');
          if (review.promoted === null) continue;
          const back = reviewAfter(review, actOn(review, 'rolled-back', review.promoted, run));
          expect(back).toMatchObject({ promoted: run });
          changes += 1;
        }
      }
      expect(reviewOf(history)).toEqual(review);
    }),
    { seed: 1, numRuns: 300 },
  );
  expect(changes).toBeGreaterThan(100);
});

test('only a promotion makes a champion: nothing else but going back to one', () => {
  for (const state of REVIEW_STATES)
    for (const event of REVIEW_EVENTS)
      if (REVIEW_TRANSITIONS[state][event] === 'promoted')
        expect(['approved', 'promoted', 'reinstated']).toContain(event);
});
