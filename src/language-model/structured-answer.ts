/** Asks a language model until its answer is of the wanted form: what is wrong is shown to it, a bounded number of times. */
import type { z } from 'zod';
import { LanguageModelError, type LanguageModel, type ModelRequest, type ModelTurn } from './language-model';

export interface StructuredQuestion<T> extends Omit<ModelRequest, 'turns'> {
  readonly question: string;
  /** Stricter than `schema`: ranges, and what belongs to what. */
  readonly check: z.ZodType<T>;
  /** Answers at most. */
  readonly attempts: number;
}

const SHOWN = 2_000;
const PROBLEMS = 5;

/** Throws LanguageModelError (INVALID_ANSWER when no answer fits), ProviderError. */
export async function askForStructure<T>(model: LanguageModel, question: StructuredQuestion<T>): Promise<T> {
  const { attempts, check, question: text, ...request } = question;
  const turns: ModelTurn[] = [{ role: 'user', text }];
  let problem = '';
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const answer = await model.ask({ ...request, turns });
    const read = readAnswer(answer.text, check);
    if ('value' in read) return read.value;
    problem = read.problem;
    turns.push(
      { role: 'model', text: answer.text.slice(0, SHOWN) },
      { role: 'user', text: `That answer is not valid: ${problem}. Answer again with the JSON alone.` },
    );
  }
  throw new LanguageModelError(
    'INVALID_ANSWER',
    `${model.name} gave no valid answer in ${attempts} attempts: ${problem}.`,
  );
}

/** The JSON of an answer, alone or in one code fence, checked. Text around JSON is refused: what is data and what is talk is not guessed. */
export function readAnswer<T>(text: string, check: z.ZodType<T>): { readonly value: T } | { readonly problem: string } {
  const body = /^```(?:json)?\s*([\s\S]*?)\s*```$/.exec(text.trim())?.[1] ?? text.trim();
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    return { problem: `it is not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  const parsed = check.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  const problems = parsed.error.issues
    .slice(0, PROBLEMS)
    .map(({ path, message }) => `${path.map(String).join('.') || 'the whole'}: ${message}`);
  return { problem: problems.join('; ') };
}
