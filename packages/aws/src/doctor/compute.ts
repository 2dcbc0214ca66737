import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Clients } from '../clients.ts';
import { chunks } from '../groups.ts';
import { zonesOfRegion } from '../instances.ts';
import { describeEc2, fieldsOf, filters, itemsOf, textOf } from '../signed/ec2.ts';
import type { Ask } from './ask.ts';
import type { GroupPicture, RegionPicture } from './picture.ts';

/** Zones, subnets, instances and what EC2 would still give. */
type Compute = Pick<RegionPicture, 'zones' | 'subnets' | 'running' | 'vcpus' | 'quotas'>;

/** As many types as one call takes. */
const mostTypes = 100;

export async function readCompute(
  clients: Clients,
  ask: Ask,
  groups: readonly GroupPicture[],
): Promise<Compute> {
  const zones = await ask('ec2:DescribeAvailabilityZones', () => zonesOfRegion(clients));
  const running = await readRunning(clients, ask);
  const types = [...groups.flatMap((g) => g.types), ...(running ?? []).map((r) => r.type)];
  return {
    zones: zones && Object.fromEntries(zones),
    subnets: await readSubnets(
      clients,
      ask,
      groups.flatMap((g) => g.subnets),
    ),
    running,
    vcpus: await readVcpus(clients, ask, [...new Set(types)].toSorted()),
    quotas: await readQuotas(clients, ask),
  };
}

async function readSubnets(
  clients: Clients,
  ask: Ask,
  ids: readonly string[],
): Promise<RegionPicture['subnets']> {
  if (ids.length === 0) return [];
  // By filter: asked by id, one that is gone makes the whole call fail.
  const asked = filters({ name: 'subnet-id', values: [...new Set(ids)] });
  const found = await ask('ec2:DescribeSubnets', () =>
    describeEc2(clients, 'DescribeSubnets', asked, 'subnetSet'),
  );
  return (
    found?.map((subnet) => ({
      id: textOf(subnet.subnetId),
      zone: textOf(subnet.availabilityZone),
      free: Number(textOf(subnet.availableIpAddressCount)),
    })) ?? null
  );
}

async function readRunning(clients: Clients, ask: Ask): Promise<RegionPicture['running']> {
  const asked = filters({ name: 'instance-state-name', values: ['pending', 'running'] });
  const found = await ask('ec2:DescribeInstances', () =>
    describeEc2(clients, 'DescribeInstances', { ...asked, MaxResults: '1000' }, 'reservationSet'),
  );
  if (!found) return null;
  const instances = found.flatMap((reservation) => itemsOf(reservation.instancesSet));
  const kinds = Map.groupBy(
    instances,
    (i) => `${textOf(i.instanceType)} ${textOf(i.instanceLifecycle) === 'spot'}`,
  );
  return [...kinds].map(([kind, some]) => {
    const [type = '', spot] = kind.split(' ');
    return { type, spot: spot === 'true', count: some.length };
  });
}

async function readVcpus(
  clients: Clients,
  ask: Ask,
  types: readonly string[],
): Promise<RegionPicture['vcpus']> {
  const vcpus: Record<string, number> = {};
  for (const some of chunks(types, mostTypes)) {
    const asked = Object.fromEntries(some.map((type, i) => [`InstanceType.${i + 1}`, type]));
    const found = await ask('ec2:DescribeInstanceTypes', () =>
      describeEc2(clients, 'DescribeInstanceTypes', asked, 'instanceTypeSet'),
    );
    if (!found) return null;
    for (const one of found)
      vcpus[textOf(one.instanceType)] = Number(textOf(fieldsOf(one.vCpuInfo).defaultVCpus));
  }
  return vcpus;
}

async function readQuotas(clients: Clients, ask: Ask): Promise<RegionPicture['quotas']> {
  const client = clients.get(ServiceQuotasClient);
  return ask('servicequotas:ListServiceQuotas', () =>
    clients.call('ListServiceQuotas', async (options) => {
      const quotas: NonNullable<RegionPicture['quotas']> = [];
      const pages = paginateListServiceQuotas({ client, pageSize: 100 }, { ServiceCode: 'ec2' }, options);
      for await (const page of pages) {
        for (const { QuotaName: name = '', QuotaCode: code = '', Value: value = 0 } of page.Quotas ?? [])
          if (/^Running On-Demand |Spot Instance Requests$/.test(name)) quotas.push({ name, code, value });
      }
      return quotas;
    }),
  );
}

/** What functions share: reserved runs are left out, since they are somebody else's. */
export async function readRunsAtOnce(clients: Clients, ask: Ask): Promise<RegionPicture['runsAtOnce']> {
  const told = await ask('lambda:GetAccountSettings', () =>
    clients.call('GetAccountSettings', (options) =>
      clients.get(LambdaClient).send(new GetAccountSettingsCommand({}), options),
    ),
  );
  return told?.AccountLimit?.UnreservedConcurrentExecutions ?? null;
}
