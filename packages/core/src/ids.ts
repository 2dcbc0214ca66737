/**
 * Names that must not be mixed up. A program that terminates machines must not be able to pass a zone's
 * name where its ID is meant: `us-west-2a` is another building in every account, `usw2-az1` is not.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type ServiceName = Branded<'ServiceName'>;
export type RegionName = Branded<'RegionName'>;
/** As the account sees it, `us-west-2a`. */
export type ZoneName = Branded<'ZoneName'>;
/** The physical zone, `usw2-az1`; ARC zonal shift takes only this. */
export type ZoneId = Branded<'ZoneId'>;
/** An EC2 instance id, `i-0123456789abcdef0`. */
export type NodeId = Branded<'NodeId'>;
export type VantageId = Branded<'VantageId'>;
export type TargetId = Branded<'TargetId'>;
/** Also the name of the Step Functions execution: at most 80 characters of `[A-Za-z0-9._-]`. */
export type IncidentId = Branded<'IncidentId'>;

export const serviceName = (text: string): ServiceName => text as ServiceName;
export const regionName = (text: string): RegionName => text as RegionName;
export const zoneName = (text: string): ZoneName => text as ZoneName;
export const zoneId = (text: string): ZoneId => text as ZoneId;
export const nodeId = (text: string): NodeId => text as NodeId;
export const vantageId = (text: string): VantageId => text as VantageId;
export const targetId = (text: string): TargetId => text as TargetId;
export const incidentId = (text: string): IncidentId => text as IncidentId;
