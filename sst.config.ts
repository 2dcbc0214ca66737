/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app(input) {
    const { default: config } = await import('./evac.config.ts');
    const { homeOf } = await import('./stacks/home.ts');
    const production = input.stage === 'production';
    return {
      name: 'evac',
      home: 'aws',
      // Of the state alone: every cell has its own provider, and none needs the home to run.
      providers: { aws: { version: '7.20.0', region: homeOf(config) } },
      removal: production ? 'retain' : 'remove',
      protect: production,
    };
  },
  async run() {
    const { default: config } = await import('./evac.config.ts');
    const { deploy } = await import('./stacks/deploy.ts');
    return deploy(config);
  },
});
