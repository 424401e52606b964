/**
 * What the user must know beside the figures: data left out, instruments without data, models that do not vote, alerts.
 * Invariants: 1. each is said on screen once, a repetition only counts; 2. the notes of a trade date are on disk, so that a day that a
 * killed conductor began is reported whole.
 */
import { readJson, writeWhole } from './demo-folder';
import type { Show } from './show';
import type { Notice } from './view-state';

export class NoteBook {
  private readonly ofRun = new Set<string>();
  private ofDay = new Map<string, number>();
  private file: string | null = null;

  constructor(private readonly show: Pick<Show, 'notice'>) {}

  /** Notes from the start on, which hold for every trade date. */
  noteRun(text: string): void {
    if (this.ofRun.has(text)) return;
    this.ofRun.add(text);
    this.show.notice('warning', text);
  }

  /** The notes of a trade date begin, or go on, in `file`. */
  beginDay(file: string): void {
    const kept = new Map(readJson(file) as readonly (readonly [string, number])[] | null);
    // Another start is another audience.
    for (const text of kept.keys()) this.show.notice('warning', text);
    // A feed that goes on with a date speaks before the conductor is there.
    const early = this.file === null ? this.ofDay : [];
    this.ofDay = new Map([...kept, ...early]);
    this.file = file;
  }

  noteDay(kind: Notice['kind'], text: string): void {
    const count = (this.ofDay.get(text) ?? 0) + 1;
    this.ofDay.set(text, count);
    if (this.file !== null) writeWhole(this.file, JSON.stringify([...this.ofDay]));
    if (count === 1) this.show.notice(kind, text);
  }

  /** Run's and trade date's notes, in the order they were first said. */
  notes(): readonly string[] {
    const day = [...this.ofDay].map(([text, count]) => (count === 1 ? text : `${text} (×${count})`));
    return [...this.ofRun, ...day];
  }
}
