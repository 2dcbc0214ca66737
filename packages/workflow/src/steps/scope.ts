import { type ServiceName, type Subject, subjectPath } from '@evac/core';

/** What a move's lease is on: one mover for each subject of a service. */
export function scopeOf({ service, subject }: { service: ServiceName; subject: Subject }): string {
  return `${service}/${subjectPath(subject)}`;
}
