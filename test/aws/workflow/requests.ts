import type { AwsCall } from '../proxy.ts';

/** What IAM is asked for a call: `autoscaling:SetDesiredCapacity`; of the table, with the kind of item: `dynamodb:PutItem (incident)`. */
export function requestsOf(call: AwsCall): string[] {
  // As a policy names it: a signature has another name for CloudWatch.
  const service = call.service === 'monitoring' ? 'cloudwatch' : call.service;
  const action = `${service}:${actionOf(call)}`;
  if (service === 'dynamodb') return onTable(action, call.body);
  return action === 'route53:ChangeResourceRecordSets' ? changes(action, call.body) : [action];
}

const kinds =
  /"S":"(targets|observation|health|rounds|lease|incident|open|closed|pauses|breaker|switch|alarms|joined|complaints)[#"]/g;

/** A transaction's parts are asked for one by one: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const parts: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

function onTable(action: string, body: string): string[] {
  const asked: { TransactItems?: Record<string, unknown>[]; Item?: unknown; Key?: unknown } =
    JSON.parse(body);
  const all = asked.TransactItems
    ? asked.TransactItems.flatMap((item) =>
        Object.entries(item).flatMap(([part, of]) => about(`dynamodb:${parts[part]}`, of)),
      )
    : about(action, asked);
  return [...new Set(all)];
}

/** An item is known by its key; of a query or a batch, all keys are in what is asked. */
function about(action: string, asked: object | unknown): string[] {
  const { Item, Key } = { Item: undefined, Key: undefined, ...(typeof asked === 'object' ? asked : {}) };
  const found = JSON.stringify(keyOf(Item ?? Key) ?? asked).matchAll(kinds);
  return [...new Set(found.map(([, kind]) => `${action} (${kind})`))];
}

function keyOf(item: unknown): unknown {
  return typeof item === 'object' && item !== null && 'pk' in item ? { pk: item.pk } : undefined;
}

function changes(action: string, body: string): string[] {
  return [...new Set(body.matchAll(/<Action>([A-Z]+)<\/Action>/g).map(([, how]) => `${action} (${how})`))];
}

/** Of the services whose calls are a method and a path. */
const rest: [RegExp, string][] = [
  [/^GET .*\/hostedzonesbyname/, 'ListHostedZonesByName'],
  [/^GET .*\/hostedzone\/[^/]+\/rrset/, 'ListResourceRecordSets'],
  [/^POST .*\/hostedzone\/[^/]+\/rrset/, 'ChangeResourceRecordSets'],
  [/^GET .*\/change\//, 'GetChange'],
  [/^GET .*\/healthcheck\/[^/]+\/status/, 'GetHealthCheckStatus'],
  [/^GET .*\/healthcheck\/[^/]+$/, 'GetHealthCheck'],
  [/^GET \/managedresources\//, 'GetManagedResource'],
  [/^GET \/zonalshifts/, 'ListZonalShifts'],
  [/^POST \/zonalshifts/, 'StartZonalShift'],
  [/^PATCH \/zonalshifts/, 'UpdateZonalShift'],
  [/^DELETE \/zonalshifts/, 'CancelZonalShift'],
];

export function actionOf({ action }: AwsCall): string {
  return rest.find(([pattern]) => pattern.test(action))?.[1] ?? action;
}
