/** One price of AWS's lists, in US dollars. */
export interface Price {
  usd: number;
  /** What one of it is. */
  unit: string;
  source: string;
}

/** Of us-east-1 and us-west-2, without free tiers and discounts; other regions are up to a quarter dearer. */
export const pricesOf = '2026-11';

const lambda = 'https://aws.amazon.com/lambda/pricing/';
const cloudwatch = 'https://aws.amazon.com/cloudwatch/pricing/';
const dynamodb = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const route53 = 'https://aws.amazon.com/route53/pricing/';
const arc = 'https://aws.amazon.com/application-recovery-controller/pricing/';

export const prices = {
  lambdaSeconds: { usd: 0.0000133334, unit: 'GB-second, arm64', source: lambda },
  lambdaRequests: { usd: 0.2e-6, unit: 'request', source: lambda },
  schedules: { usd: 1e-6, unit: 'invocation', source: 'https://aws.amazon.com/eventbridge/pricing/' },
  queueRequests: {
    usd: 0.4e-6,
    unit: 'request of a standard queue',
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
  tableWrites: { usd: 0.625e-6, unit: 'write request unit', source: dynamodb },
  tableReads: { usd: 0.125e-6, unit: 'read request unit', source: dynamodb },
  tableStorage: { usd: 0.25, unit: 'GB-month', source: dynamodb },
  tableBackup: { usd: 0.2, unit: 'GB-month of point-in-time recovery', source: dynamodb },
  metrics: { usd: 0.3, unit: 'metric', source: cloudwatch },
  metricsRead: { usd: 0.01e-3, unit: 'metric asked for', source: cloudwatch },
  alarms: { usd: 0.1, unit: 'metric of an alarm', source: cloudwatch },
  compositeAlarms: { usd: 0.5, unit: 'composite alarm', source: cloudwatch },
  dashboards: { usd: 3, unit: 'dashboard', source: cloudwatch },
  logs: { usd: 0.5, unit: 'GB taken in', source: cloudwatch },
  canaryRuns: { usd: 0.0012, unit: 'canary run', source: cloudwatch },
  healthChecks: { usd: 0.5, unit: 'health check of an AWS endpoint', source: route53 },
  healthCheckOptions: { usd: 1, unit: 'option (HTTPS, 10 s)', source: route53 },
  foreignHealthChecks: { usd: 0.75, unit: 'health check of another endpoint', source: route53 },
  foreignHealthCheckOptions: { usd: 2, unit: 'option (HTTPS, 10 s)', source: route53 },
  zoneTransfer: {
    usd: 0.01,
    unit: 'GB, out of a zone or into one',
    source: 'https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer',
  },
  routingControl: { usd: 2.5, unit: 'hour of a cluster', source: arc },
  regionSwitch: { usd: 70, unit: 'plan', source: arc },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;
