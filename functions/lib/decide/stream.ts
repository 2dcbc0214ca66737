import { observationFrom } from '@evac/aws';
import type { Observation, ServiceName, ServiceSettings } from '@evac/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

export interface Batch {
  /** In the stream's order. */
  observations: Map<ServiceName, { observation: Observation; record: DynamoDBRecord }[]>;
  /** What nobody can read: Evac, or this version of it, has not written it. */
  poisoned: { record: DynamoDBRecord; reason: string }[];
}

export function readBatch({ Records }: DynamoDBStreamEvent): Batch {
  const batch: Batch = { observations: new Map(), poisoned: [] };
  for (const record of Records) {
    try {
      const observation = observationFrom(record);
      if (!observation) continue;
      const { service } = observation;
      batch.observations.set(service, [...(batch.observations.get(service) ?? []), { observation, record }]);
    } catch (error) {
      batch.poisoned.push({ record, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return batch;
}

/**
 * Judges each service's observations of a batch by itself, and answers which records Lambda shall deliver again: those of
 * the services whose judgement failed, and what nobody can read, which the event source mapping gives up and sets aside.
 * Lambda delivers from the first of them on, so what was judged is judged twice, and changes nothing.
 */
export async function judgeBatch(
  batch: Batch,
  services: readonly ServiceSettings[],
  judge: (service: ServiceSettings, observations: Observation[]) => Promise<void>,
  onError: (service: ServiceName, error: unknown) => void,
): Promise<DynamoDBBatchResponse> {
  const judged = [...batch.observations].map(async ([name, of]): Promise<DynamoDBRecord[]> => {
    const service = services.find((s) => s.name === name);
    // A service that has left the config: its last observations concern nobody.
    if (!service) return [];
    try {
      await judge(
        service,
        of.map((o) => o.observation),
      );
      return [];
    } catch (error) {
      onError(name, error);
      return of.map((o) => o.record);
    }
  });
  const failed = [...(await Promise.all(judged)).flat(), ...batch.poisoned.map((p) => p.record)];
  return {
    batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })),
  };
}
