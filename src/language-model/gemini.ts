/**
 * Gemini by its REST interface: `POST /v1beta/models/{model}:generateContent`, answers as JSON by `responseSchema`. (The official SDK needs
 * Node 22, this program runs on 20.) No tools are declared, so the model has none.
 */
import { z } from 'zod';
import type { ProviderClient } from '../http/provider-client';
import {
  LanguageModelError,
  tokenCount,
  type AnswerSchema,
  type LanguageModel,
  type ModelAnswer,
} from './language-model';

export const GEMINI_URL = 'https://generativelanguage.googleapis.com';

const answerSchema = z.looseObject({
  candidates: z
    .array(
      z.looseObject({
        content: z
          .looseObject({
            parts: z.array(z.looseObject({ text: z.string().optional(), thought: z.boolean().optional() })).optional(),
          })
          .optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.looseObject({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z
    .looseObject({
      promptTokenCount: tokenCount,
      // Left out where they are 0.
      candidatesTokenCount: tokenCount.default(0),
      thoughtsTokenCount: tokenCount.default(0),
    })
    .optional(),
});
type GeminiAnswer = z.infer<typeof answerSchema>;

export interface GeminiSettings {
  readonly model: string;
  readonly maxOutputTokens: number;
}

export function openGemini(client: ProviderClient, { model, maxOutputTokens }: GeminiSettings): LanguageModel {
  return {
    name: `gemini/${model}`,
    ask: async ({ instructions, turns, schema, signal }) => {
      const answer = await client.postJson({
        path: `v1beta/models/${encodeURIComponent(model)}:generateContent`,
        body: {
          systemInstruction: { parts: [{ text: instructions }] },
          contents: turns.map(({ role, text }) => ({ role, parts: [{ text }] })),
          generationConfig: {
            temperature: 0,
            candidateCount: 1,
            maxOutputTokens,
            responseMimeType: 'application/json',
            responseSchema: geminiSchema(schema),
          },
        },
        schema: answerSchema,
        ...(signal !== undefined && { signal }),
      });
      return answerOf(answer);
    },
  };
}

/** Its types are written in capitals, and the order of properties is told. */
function geminiSchema(schema: AnswerSchema): object {
  const type = schema.type.toUpperCase();
  switch (schema.type) {
    case 'object':
      return {
        type,
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, part]) => [name, geminiSchema(part)]),
        ),
        required: Object.keys(schema.properties),
        propertyOrdering: Object.keys(schema.properties),
      };
    case 'array':
      return { ...schema, type, items: geminiSchema(schema.items) };
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
      return { ...schema, type };
  }
}

/** Reasons to end that are a filter's; the documentation's list grows, so what is unknown is an empty answer at worst. */
const FILTERS: ReadonlySet<string> = new Set([
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'LANGUAGE',
]);

function answerOf({ candidates = [], promptFeedback, usageMetadata }: GeminiAnswer): ModelAnswer {
  const [candidate] = candidates;
  const blocked =
    promptFeedback?.blockReason ?? (FILTERS.has(candidate?.finishReason ?? '') ? candidate?.finishReason : undefined);
  if (blocked !== undefined) throw new LanguageModelError('BLOCKED', `Gemini refused to answer (${blocked}).`);
  if (candidate?.finishReason === 'MAX_TOKENS')
    throw new LanguageModelError('CUT_OFF', 'Gemini’s answer was cut off at languageModel.maxOutputTokens.');
  const text = (candidate?.content?.parts ?? [])
    .map((part) => (part.thought === true ? '' : (part.text ?? '')))
    .join('');
  if (text === '')
    throw new LanguageModelError('EMPTY', `Gemini gave no answer (${candidate?.finishReason ?? 'no candidate'}).`);
  const { promptTokenCount = null, candidatesTokenCount = null, thoughtsTokenCount = null } = usageMetadata ?? {};
  const outputTokens =
    candidatesTokenCount === null || thoughtsTokenCount === null ? null : candidatesTokenCount + thoughtsTokenCount;
  return { text, inputTokens: promptTokenCount, outputTokens };
}
