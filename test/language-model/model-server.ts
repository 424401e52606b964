/** A local server that answers as the documented APIs do: `generateContent` of Gemini and chat completions. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AskedOnce {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body: unknown;
}

export interface ModelServer {
  readonly url: string;
  readonly asked: AskedOnce[];
  /** The replies to come; the last one stays. A function sees the question. */
  replies: (Reply | ((asked: AskedOnce) => Reply))[];
  close(): void;
}

export async function startModelServer(): Promise<ModelServer> {
  const asked: AskedOnce[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as AskedOnce['body'];
      const one = { url: request.url ?? '', headers: request.headers, body };
      asked.push(one);
      const next = state.replies.length > 1 ? state.replies.shift() : state.replies[0];
      const reply = typeof next === 'function' ? next(one) : next;
      const text = typeof reply?.body === 'string' ? reply.body : JSON.stringify(reply?.body);
      response.writeHead(reply?.status ?? 200, { 'Content-Type': 'application/json', ...reply?.headers });
      response.end(text);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const state: ModelServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    replies: [],
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return state;
}

export const geminiReply = (text: string, finishReason = 'STOP'): Reply => ({
  body: {
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0, safetyRatings: [] }],
    usageMetadata: {
      promptTokenCount: 1_000,
      candidatesTokenCount: 200,
      thoughtsTokenCount: 100,
      totalTokenCount: 1_300,
    },
    modelVersion: 'gemini-2.5-flash',
    responseId: 'x',
  },
});

export const chatReply = (content: string | null, finish = 'stop', refusal: string | null = null): Reply => ({
  body: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'local',
    choices: [{ index: 0, message: { role: 'assistant', content, refusal }, logprobs: null, finish_reason: finish }],
    usage: { prompt_tokens: 1_000, completion_tokens: 300, total_tokens: 1_300 },
  },
});

export const geminiError = (status: number, name: string, message: string): Reply => ({
  status,
  body: { error: { code: status, message, status: name } },
});
