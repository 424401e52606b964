/** What is wrong with one item of an answer, in a sentence that names the fields. */
import type { z } from 'zod';

const MOST_NAMED = 3;

export const describeIssues = (issues: readonly z.core.$ZodIssue[]): string => {
  const named = issues.slice(0, MOST_NAMED).map(({ path, message }) => `${path.join('.') || 'the item'}: ${message}`);
  return `It is not as documented (${named.join('; ')}).`;
};
