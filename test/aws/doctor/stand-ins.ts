import type { AwsReply, Interference } from '../proxy.ts';

/** What moto does not have, and the doctor asks for. */
export interface StandIns {
  interference: Interference;
  /** vCPUs of standard instances, by region. */
  quotas: Map<string, number>;
  /** Alarms that a rule mutes, by region. */
  muted: Map<string, string>;
  /** Regions in which nobody listens to the critical topic: moto counts no subscription as confirmed. */
  unheard: Set<string>;
}

export function createStandIns(): StandIns {
  const own: StandIns = {
    quotas: new Map(),
    muted: new Map(),
    unheard: new Set(),
    interference: ({ service, action, region, path, body }) => {
      if (action === 'ListServiceQuotas') {
        const quota = {
          QuotaName: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
          QuotaCode: 'L-1216C47A',
          Value: own.quotas.get(region) ?? 256,
        };
        return json({ Quotas: [quota] });
      }
      if (action === 'ListAlarmMuteRules') {
        const arn = `arn:aws:cloudwatch:${region}:123456789012:alarm-mute-rule:night`;
        return json({ AlarmMuteRuleSummaries: own.muted.has(region) ? [{ AlarmMuteRuleArn: arn }] : [] });
      }
      if (action === 'GetAlarmMuteRule')
        return json({ Name: 'night', MuteTargets: { AlarmNames: [own.muted.get(region)] } });
      if (action === 'GetTopicAttributes' && body.includes('evac-test'))
        return subscribed(own.unheard.has(region) && body.includes('critical') ? 0 : 1);
      if (path.includes('/account-settings'))
        return json({ AccountLimit: { UnreservedConcurrentExecutions: 1_000 } });
      // With a mapping, moto would run the function for every write, in a container.
      if (path.includes('/event-source-mappings'))
        return json({ EventSourceMappings: path.includes('evac-test-') ? [{ State: 'Enabled' }] : [] });
      // moto's checkers see success in everything.
      if (service === 'route53' && /\/healthcheck\/[^/]+\/status/.test(path)) return silentSwitch;
      return null;
    },
  };
  return own;
}

function subscribed(count: number): AwsReply {
  const entry = `<entry><key>SubscriptionsConfirmed</key><value>${count}</value></entry>`;
  return {
    status: 200,
    body: `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>${entry}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`,
    headers: { 'content-type': 'text/xml' },
  };
}

const silentSwitch: AwsReply = {
  status: 200,
  body: '<GetHealthCheckStatusResponse><HealthCheckObservations><HealthCheckObservation><StatusReport><Status>Failure: HTTP Status Code 404</Status></StatusReport></HealthCheckObservation></HealthCheckObservations></GetHealthCheckStatusResponse>',
  headers: { 'content-type': 'text/xml' },
};

function json(body: unknown): AwsReply {
  return {
    status: 200,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/x-amz-json-1.1' },
  };
}
