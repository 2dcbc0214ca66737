/** What is asked of moto directly, and has no client of the SDK among what the tests have: JSON, or form fields. */
export async function askAws(
  url: string,
  to: { service: string; region: string; target?: string; action?: string },
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { service, region, target, action } = to;
  const scope = `Credential=test/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`;
  const form = Object.entries(body).map(([key, value]): [string, string] => [key, String(value)]);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization,
      'content-type': target ? 'application/x-amz-json-1.1' : 'application/x-www-form-urlencoded',
      ...(target && { 'x-amz-target': target }),
    },
    body: target
      ? JSON.stringify(body)
      : new URLSearchParams([['Action', action ?? ''], ['Version', '2010-03-31'], ...form]),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${service} ${target ?? action}: ${response.status} ${text.slice(0, 300)}`);
  return target && text !== '' ? JSON.parse(text) : { text };
}
