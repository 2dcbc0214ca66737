/** What a generation was asked for, once its JSON has been read. */
export interface Prompt {
  text: string;
  maxTokens: number;
  stream: boolean;
  includeUsage: boolean;
}

/** A mistake in the request, with the status and type that vLLM answers it with. */
export class BadRequest extends Error {
  readonly status: number;
  readonly type: string;
  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** Reads the body of a chat or plain completion. Throws {@link BadRequest}. */
export function readPrompt(body: string, model: string): Prompt {
  const asked = parseObject(body);
  if (asked.model !== undefined && asked.model !== model) {
    throw new BadRequest(404, 'NotFoundError', `The model \`${asked.model}\` does not exist.`);
  }
  const maxTokens = asked.max_completion_tokens ?? asked.max_tokens ?? 256;
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens) || maxTokens < 1) {
    throw invalid(`max_tokens must be at least 1, got ${JSON.stringify(maxTokens)}.`);
  }
  return {
    text: 'messages' in asked ? textOfMessages(asked.messages) : textOfPrompt(asked.prompt),
    maxTokens,
    stream: asked.stream === true,
    includeUsage: isObject(asked.stream_options) && asked.stream_options.include_usage === true,
  };
}

export function parseObject(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return parsed;
  } catch {
    // Said below.
  }
  throw invalid('The body is not a JSON object.');
}

function textOfMessages(messages: unknown): string {
  if (!Array.isArray(messages) || messages.length === 0) throw invalid('messages must be a non-empty list.');
  const contents = messages.map((message: unknown) => (isObject(message) ? message.content : undefined));
  return contents.map(textOfContent).join('\n');
}

function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (isObject(part) ? String(part.text ?? '') : '')).join('');
}

function textOfPrompt(prompt: unknown): string {
  if (typeof prompt === 'string') return prompt;
  if (Array.isArray(prompt) && prompt.length > 0) return prompt.join('\n');
  throw invalid('prompt is required.');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string): BadRequest {
  return new BadRequest(400, 'BadRequestError', message);
}
