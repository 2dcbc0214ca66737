import { bundling } from '../functions/lib/bundling.ts';
import { type FunctionName, needs, variables } from '../functions/lib/environment.ts';
import type { Place } from './place.ts';
import type { Statement } from './rights/statement.ts';
import { allow, allowAnywhere } from './rights/statement.ts';

/** What functions can be told, by name; each is given what it reads (functions/lib/environment.ts). */
export type Told = Partial<Record<keyof typeof variables, string>>;

export interface FunctionAsk {
  name: FunctionName;
  /** Where there are several of it: which. */
  of?: string;
  description: string;
  memory: number;
  timeoutSeconds: number;
  told: Told;
  rights: Statement[];
  /** X-Ray: not for what runs all the time and says little. */
  traced: boolean;
  /** Where what could not be done is kept. */
  deadLetters?: aws.sqs.Queue;
  subnet?: { id: string; securityGroup: $util.Output<string> };
  url?: boolean;
}

/** The runtime that the sources are written for. */
const runtime = 'nodejs24.x';

/**
 * A function with a role of its own that trusts Lambda alone and may do what is said here and nothing else: SST's managed
 * policies would let it write any log of the account.
 */
export function createFunction(place: Place, ask: FunctionAsk): sst.aws.Function {
  const { provider, logical, named } = place;
  const parts = ask.of === undefined ? [ask.name] : [ask.name, ask.of];
  const name = named(...parts);
  const { deadLetters } = ask;
  const rights = [
    ...allow(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      [place.arn('logs', `log-group:/aws/lambda/${name}:*`)],
    ),
    ...(ask.traced ? allowAnywhere('xray:PutTelemetryRecords', 'xray:PutTraceSegments') : []),
    ...(deadLetters ? allow(['sqs:SendMessage'], [place.arn('sqs', named('dead-letters'))]) : []),
    ...(ask.subnet ? interfaces(place.arn('lambda', `function:${name}`)) : []),
    ...ask.rights,
  ];
  return new sst.aws.Function(
    logical(...parts),
    {
      name,
      handler: `functions/${ask.name}.handler`,
      description: ask.description,
      runtime,
      architecture: 'arm64',
      memory: `${ask.memory} MB`,
      timeout: `${ask.timeoutSeconds} seconds`,
      environment: environmentOf(ask),
      permissions: rights,
      logging: { retention: '1 month', format: 'json' },
      nodejs: {
        format: 'esm',
        minify: true,
        // No banner: the component's own brings the `require` that some packages ask for, a second one is a SyntaxError.
        // The map is said here, since the component's own `sourcemap: false` puts the map, five times the bundle, into the upload.
        esbuild: { external: bundling.external, sourcemap: false },
      },
      copyFiles: [{ from: '.sst/evac/settings.json', to: 'settings.json' }],
      // A second try of a minute's work belongs to the next minute.
      retries: 0,
      ...(ask.url ? { url: { cors: false } } : {}),
      ...(ask.subnet
        ? { vpc: { privateSubnets: [ask.subnet.id], securityGroups: [ask.subnet.securityGroup] } }
        : {}),
      transform: {
        role: (role) => {
          role.name = named(place.region, ...parts);
          role.assumeRolePolicy = trust('lambda.amazonaws.com');
          role.managedPolicyArns = [];
        },
        function: (fn) => {
          fn.tracingConfig = { mode: ask.traced ? 'Active' : 'PassThrough' };
          // That a run began and ended well is a kilobyte of log, millions of times a month, that says what a metric says.
          // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
          fn.loggingConfig = $util.output(fn.loggingConfig).apply((config) => ({
            ...config,
            logFormat: 'JSON',
            systemLogLevel: 'WARN',
          }));
        },
        eventInvokeConfig: (config) => {
          config.maximumEventAgeInSeconds = 60;
          if (deadLetters) config.destinationConfig = { onFailure: { destination: deadLetters.arn } };
        },
      },
    },
    { provider },
  );
}

function environmentOf({ name, told }: FunctionAsk): Record<string, string> {
  const entries = needs[name].flatMap((need): [string, string][] => {
    const value = told[need];
    return value === undefined ? [] : [[variables[need].variable, value]];
  });
  return Object.fromEntries(entries);
}

export function trust(service: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
}

/**
 * What Lambda itself needs to put a function into a subnet; IAM knows no resources before they are there. The function's own
 * code is denied it, and whoever takes its credentials: they carry the function that they are for.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
function interfaces(functionArn: string): Statement[] {
  const actions = [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const byItsCode = { test: 'ArnEquals', variable: 'lambda:SourceFunctionArn', values: [functionArn] };
  return [
    ...allowAnywhere(...actions),
    { effect: 'deny', actions, resources: ['*'], conditions: [byItsCode] },
  ];
}
