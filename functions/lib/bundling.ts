/**
 * How the functions are bundled: by SST when deploying, and by the bench that measures them. Nothing of it may change
 * what they do.
 */
export const bundling = {
  /**
   * Other sources of credentials than a function's environment, which every client of the SDK would load when asked
   * without credentials. Ours never are (packages/aws/src/clients.ts), and they are 110 KB of each bundle.
   */
  external: [
    '@aws-sdk/credential-provider-http',
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@smithy/credential-provider-imds',
  ],
  /** Some packages inside of the bundle ask for Node's own with require. */
  banner:
    "import { createRequire as evacRequire } from 'node:module'; const require = evacRequire(import.meta.url);",
};
