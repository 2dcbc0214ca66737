import { defineConfig } from '@evac/core/config';

/** The fleet of docs/cost.md: one model in two regions of three zones, asked from each of them every 5 s. */
export default defineConfig({
  controls: [
    'https://dynamodb.us-west-2.amazonaws.com',
    'https://s3.us-west-2.amazonaws.com',
    'https://dynamodb.us-east-1.amazonaws.com',
    'https://s3.us-east-1.amazonaws.com',
  ],
  network: {
    'us-west-2': {
      vpc: 'vpc-0123456789abcdef0',
      subnets: {
        'us-west-2a': 'subnet-0123456789abcdef0',
        'us-west-2b': 'subnet-0123456789abcdef1',
        'us-west-2c': 'subnet-0123456789abcdef2',
      },
    },
    'us-east-1': {
      vpc: 'vpc-0123456789abcdef1',
      subnets: {
        'us-east-1a': 'subnet-0123456789abcdef3',
        'us-east-1b': 'subnet-0123456789abcdef4',
        'us-east-1c': 'subnet-0123456789abcdef5',
      },
    },
  },
  services: {
    llm: {
      preset: 'vllm',
      model: 'Qwen/Qwen3-8B',
      regions: [
        {
          name: 'us-west-2',
          groups: ['llm-us-west-2'],
          endpoint: 'https://llm.us-west-2.example.com',
          zones: [
            { name: 'us-west-2a', id: 'usw2-az1' },
            { name: 'us-west-2b', id: 'usw2-az2' },
            { name: 'us-west-2c', id: 'usw2-az3' },
          ],
        },
        {
          name: 'us-east-1',
          groups: ['llm-us-east-1'],
          endpoint: 'https://llm.us-east-1.example.com',
          zones: [
            { name: 'us-east-1a', id: 'use1-az1' },
            { name: 'us-east-1b', id: 'use1-az2' },
            { name: 'us-east-1c', id: 'use1-az4' },
          ],
        },
      ],
      dns: { name: 'llm.example.com', control: 'switch', ttl: '30s' },
      timing: { interval: '5s' },
    },
  },
});
