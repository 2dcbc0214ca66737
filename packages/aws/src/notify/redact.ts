/** Secrets by the shapes that they have in URLs, headers and messages of servers. */
const secrets: [RegExp, string][] = [
  // https://user:password@host
  [/(:\/\/)[^/\s:@]+:[^/\s@]+@/g, '$1…@'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 …'],
  // Its scheme is a word of its own.
  [/\b(authorization)(["']?\s*[:=]\s*["']?)(?:[\w-]+\s+)?[^\s"',;]+/gi, '$1$2…'],
  [/\b(x-api-key|api-key|x-amz-security-token)(["']?\s*[:=]\s*["']?)[^\s"',;]+/gi, '$1$2…'],
  [/([?&](?:[\w-]*(?:token|key|secret|password|signature|credential)))=[^&\s"']+/gi, '$1=…'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '…'],
  [/\b(?:sk|pk|hf|ghp|gho)[-_][A-Za-z0-9_-]{16,}/g, '…'],
];

/** A text without what looks like a secret: what a probe quotes of a server's answer goes to people's mailboxes. */
export function redact(text: string): string {
  return secrets.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}
