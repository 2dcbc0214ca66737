import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

/** Whose credentials a person has on this machine, by the SDK's own chain: environment, profile, SSO, role. */
export function personsCredentials(): AwsCredentialIdentityProvider {
  return defaultProvider();
}
