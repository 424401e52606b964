/**
 * Questions about the broker's time, answered in the order they were asked: so each answer takes the oldest question that waits, and
 * everything written before a question has been read by the gateway when its answer comes.
 */
import { BrokerError } from './broker-error';
import { monotonicMs } from './limiter';

interface Question {
  /** Monotonic ms. */
  readonly askedAt: number;
  readonly resolve: (marketTime: number) => void;
  readonly reject: (error: BrokerError) => void;
}

export interface ClockQuestionParts {
  /** Writes reqCurrentTime; throws BrokerError NOT_READY when it cannot. */
  readonly write: () => void;
  readonly timeoutMs: number;
  /** An answer is lost, and with it the pairing of later answers to their questions. */
  readonly unanswered: () => void;
}

export class ClockQuestions {
  private waiting: Question[] = [];
  private readAt = -Infinity;

  constructor(private readonly parts: ClockQuestionParts) {}

  /** Everything written before this instant (monotonic ms) has been read by the gateway of this epoch. */
  get readUpTo(): number {
    return this.readAt;
  }

  /** Resolves to the market time, UTC ms. Rejects with BrokerError NOT_READY or CONNECTION_LOST. */
  ask(): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.parts.unanswered(), this.parts.timeoutMs);
      this.put({
        askedAt: monotonicMs(),
        resolve: (time) => {
          clearTimeout(timer);
          resolve(time);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
    });
  }

  /** A question whose answer nobody waits for; it takes its place in the line all the same. */
  askIdly(): void {
    this.put({ askedAt: monotonicMs(), resolve: () => undefined, reject: () => undefined });
  }

  answered(marketTime: number): void {
    const question = this.waiting.shift();
    if (question === undefined) return;
    this.readAt = question.askedAt;
    question.resolve(marketTime);
  }

  /** The connection ended: nothing will be answered any more. */
  end(reason: string): void {
    this.readAt = -Infinity;
    for (const { reject } of this.waiting.splice(0)) {
      reject(new BrokerError('CONNECTION_LOST', `The broker's clock was not answered: ${reason}.`));
    }
  }

  private put(question: Question): void {
    try {
      this.parts.write();
      this.waiting.push(question);
    } catch (error) {
      question.reject(error instanceof BrokerError ? error : new BrokerError('NOT_READY', String(error)));
    }
  }
}
