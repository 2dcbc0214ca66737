import { defineConfig } from '@evac/core/config';

/**
 * An example: one model in two regions. Every setting, its default and its reason: docs/config.md.
 * `npx evac validate` checks this file and says what it means.
 */
export default defineConfig({
  // A vantage that reaches none of these is blind, and what it says counts for nothing. A zone's probe has no way to
  // the internet, so name addresses that a gateway endpoint serves, in each region.
  controls: [
    'https://dynamodb.us-west-2.amazonaws.com',
    'https://s3.us-west-2.amazonaws.com',
    'https://dynamodb.us-east-1.amazonaws.com',
    'https://s3.us-east-1.amazonaws.com',
  ],

  services: {
    llm: {
      // The inference server: its endpoints, timeouts, counters and load time.
      preset: 'vllm',
      // What every node must say it serves. A wrong model is a failure.
      model: 'Qwen/Qwen3-8B',

      regions: [
        {
          name: 'us-west-2',
          weight: 100,
          // Auto Scaling groups: their instances are the nodes.
          groups: ['llm-us-west-2'],
          // The region's own load balancer, never the name that failover moves.
          endpoint: 'https://llm.us-west-2.example.com',
          // Zonal shift takes IDs, and us-west-2a is another building in every account:
          // aws ec2 describe-availability-zones --query 'AvailabilityZones[].[ZoneName,ZoneId]'
          zones: [
            { name: 'us-west-2a', id: 'usw2-az1' },
            { name: 'us-west-2b', id: 'usw2-az2' },
            { name: 'us-west-2c', id: 'usw2-az3' },
          ],
        },
        {
          name: 'us-east-1',
          // 0 would be a standby, asked and kept ready but without traffic.
          weight: 100,
          groups: ['llm-us-east-1'],
          endpoint: 'https://llm.us-east-1.example.com',
          zones: [
            { name: 'us-east-1a', id: 'use1-az1' },
            { name: 'us-east-1b', id: 'use1-az2' },
            { name: 'us-east-1c', id: 'use1-az4' },
          ],
        },
      ],

      // `switch` flips a health check in the region that takes over, and needs no Route 53 API call.
      dns: { name: 'llm.example.com', control: 'switch', ttl: '30s' },

      timing: {
        // From here follow the bill and the speed: see "at worst" in what `evac validate` prints.
        interval: '5s',
        // Measure your slowest cold load, and add half. Weights over 300 GB: 60m.
        grace: '20m',
        // Your promise. Settings that cannot keep it are refused.
        recovery: '2m',
      },

      // A real generation every 30 s, with an answer that sane weights give. Accept every phrasing you have seen:
      // batching changes even greedy output.
      deep: {
        kind: 'openai-stream',
        prompt: 'What is 1 + 1? Answer with one digit.',
        accepted: ['2', 'two'],
      },

      // `observe` decides and tells, and acts on nothing; begin there. `approve` waits for a person, `automatic` acts.
      policy: {
        'replace-node': 'observe',
        'evacuate-zone': 'observe',
        'fail-over-region': 'observe',
        'fail-back': 'observe',
      },
    },
  },
});
