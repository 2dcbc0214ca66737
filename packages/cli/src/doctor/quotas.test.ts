import { describe, expect, it } from 'vitest';
import { covers, isSpot } from './quotas.ts';

const standard = 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances';

describe('a quota of vCPUs', () => {
  it.each([
    [standard, 'm7g.large', true],
    [standard, 'c6gn.metal', true],
    [standard, 't3.micro', true],
    [standard, 'g5.xlarge', false],
    [standard, 'inf2.xlarge', false],
    [standard, 'hpc7g.16xlarge', false],
    ['Running On-Demand G and VT instances', 'g6e.12xlarge', true],
    ['Running On-Demand G and VT instances', 'gr6.4xlarge', true],
    [standard, 'im4gn.large', true],
    ['Running On-Demand High Memory instances', 'u7i-12tb.224xlarge', true],
    ['Running On-Demand G and VT instances', 'vt1.3xlarge', true],
    ['Running On-Demand P instances', 'p5en.48xlarge', true],
    ['Running On-Demand Inf instances', 'inf2.48xlarge', true],
    ['Running On-Demand Inf instances', 'i4i.large', false],
    ['Running On-Demand Trn instances', 'trn1n.32xlarge', true],
    ['Running On-Demand DL instances', 'dl2q.24xlarge', true],
    ['Running On-Demand High Memory instances', 'u-6tb1.metal', true],
    ['All P4, P3 and P2 Spot Instance Requests', 'p4de.24xlarge', true],
    ['All P4, P3 and P2 Spot Instance Requests', 'p5.48xlarge', false],
    ['All P5 Spot Instance Requests', 'p5.48xlarge', true],
    ['All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests', 'r8g.large', true],
  ])('"%s" counts %s: %j', (name, type, counts) => {
    expect(covers({ name, code: '', value: 0 }, type)).toBe(counts);
  });

  it('is of spot instances by its name', () => {
    expect(isSpot({ name: 'All G and VT Spot Instance Requests', code: '', value: 0 })).toBe(true);
    expect(isSpot({ name: standard, code: '', value: 0 })).toBe(false);
  });
});
