import type { Notification, RegionName } from '@evac/core';
import { redact } from './redact.ts';

/** SNS and EventBridge take 256 KB in all; nobody reads a tenth of that. */
const maxTextBytes = 20_000;
const maxSubject = 99;

/** What people and machines are told, free of secrets and no longer than any channel takes. */
export interface Message {
  subject: string;
  text: string;
  detail: Notification & { region: RegionName; at: string };
}

export function messageOf(notification: Notification, region: RegionName, now: number): Message {
  const { severity, service, incident } = notification;
  const title = redact(notification.title);
  const text = shorten(redact(notification.text));
  const at = new Date(now).toISOString();
  return {
    subject: subjectOf(`Evac ${severity}: ${service}: ${title}`),
    text: [
      `${title}\n\n${text}\n`,
      `service   ${service}`,
      `severity  ${severity}`,
      `incident  ${incident ?? 'none'}`,
      `cell      ${region}`,
      `time      ${at}`,
    ].join('\n'),
    detail: { ...notification, title: shorten(title), text, region, at },
  };
}

/**
 * A subject as SNS demands it: ASCII, no line breaks or control characters, under 100 characters.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
function subjectOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length <= maxSubject ? plain : `${plain.slice(0, maxSubject - 3)}...`;
}

function shorten(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.byteLength <= maxTextBytes) return text;
  // A character cut in two is left out whole.
  const kept = bytes.subarray(0, maxTextBytes).toString('utf8').replace(/�$/, '');
  return `${kept} … (${bytes.byteLength - Buffer.byteLength(kept)} bytes more)`;
}
