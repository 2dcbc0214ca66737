import type { Place } from './place.ts';

/**
 * The store of docs/decisions/table.md. Its name is the same in every region, so that a cell can read its peers' without being
 * told. In production it is protected thrice: against AWS's own delete, and against a deployment that no longer has it.
 */
export function createTable({ provider, production, logical, named }: Place): aws.dynamodb.Table {
  return new aws.dynamodb.Table(
    logical('table'),
    {
      name: named('store'),
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'pk',
      rangeKey: 'sk',
      attributes: [
        { name: 'pk', type: 'S' },
        { name: 'sk', type: 'S' },
      ],
      ttl: { attributeName: 'ttl', enabled: true },
      streamEnabled: true,
      streamViewType: 'NEW_IMAGE',
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: production,
    },
    { provider, protect: production, retainOnDelete: production },
  );
}
