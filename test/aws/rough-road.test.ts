import { describeOnMoto } from './contracts.ts';
import { roughRoad } from './rough-road.ts';

describeOnMoto('over a rough road', () => [roughRoad()]);
