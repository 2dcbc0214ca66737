import { describeOnMoto } from './contracts.ts';

describeOnMoto('as it is', () => []);
