/** OpenAI and servers that speak its interface (vLLM, llama.cpp, Ollama, LM Studio): `POST /v1/chat/completions` with a JSON schema. */
import { z } from 'zod';
import type { ProviderClient } from '../http/provider-client';
import {
  LanguageModelError,
  tokenCount,
  type AnswerSchema,
  type LanguageModel,
  type ModelAnswer,
} from './language-model';

export const OPENAI_URL = 'https://api.openai.com';

const answerSchema = z.looseObject({
  choices: z.array(
    z.looseObject({
      message: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish() }),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.looseObject({ prompt_tokens: tokenCount, completion_tokens: tokenCount }).nullish(),
});
type ChatAnswer = z.infer<typeof answerSchema>;

export interface ChatSettings {
  readonly model: string;
  readonly maxOutputTokens: number;
}

export function openChatModel(client: ProviderClient, { model, maxOutputTokens }: ChatSettings): LanguageModel {
  return {
    name: `openai-compatible/${model}`,
    ask: async ({ instructions, turns, schema, signal }) => {
      const answer = await client.postJson({
        path: 'v1/chat/completions',
        body: {
          model,
          messages: [
            { role: 'system', content: instructions },
            ...turns.map(({ role, text }) => ({ role: role === 'model' ? 'assistant' : 'user', content: text })),
          ],
          temperature: 0,
          max_tokens: maxOutputTokens,
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'answer', strict: true, schema: strictSchema(schema) },
          },
        },
        schema: answerSchema,
        ...(signal !== undefined && { signal }),
      });
      return answerOf(answer);
    },
  };
}

/** Strict mode wants every property required and none beside them. */
function strictSchema(schema: AnswerSchema): object {
  switch (schema.type) {
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, part]) => [name, strictSchema(part)]),
        ),
        required: Object.keys(schema.properties),
        additionalProperties: false,
      };
    case 'array':
      return { ...schema, items: strictSchema(schema.items) };
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
      return schema;
  }
}

function answerOf({ choices, usage }: ChatAnswer): ModelAnswer {
  const choice = choices.at(0);
  const refusal = choice?.message.refusal ?? '';
  if (refusal !== '' || choice?.finish_reason === 'content_filter')
    throw new LanguageModelError('BLOCKED', 'The language model refused to answer.');
  if (choice?.finish_reason === 'length')
    throw new LanguageModelError('CUT_OFF', 'The answer was cut off at languageModel.maxOutputTokens.');
  const text = choice?.message.content ?? '';
  if (text === '') throw new LanguageModelError('EMPTY', 'The language model gave no answer.');
  return { text, inputTokens: usage?.prompt_tokens ?? null, outputTokens: usage?.completion_tokens ?? null };
}
