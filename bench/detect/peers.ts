import {
  chiSquared,
  interquartile,
  medianDeviation,
  perMinute,
  perMinuteWithImpact,
  staticShare,
  zScore,
} from './cloudwatch.ts';
import { ours, suspects } from './course.ts';
import { cumulativeSum } from './cusum.ts';
import type { Peer } from './detector.ts';
import { consecutive, failurePercentage, successRate } from './envoy.ts';
import { plainFisher } from './fisher.ts';

/** The usual detectors, each at its documented threshold, and two that one would think of first. */
export const peers: readonly Peer[] = [
  { name: 'static share 0.7', create: () => perMinute(staticShare) },
  { name: 'static share + impact', create: () => perMinuteWithImpact(staticShare) },
  { name: 'chi-squared p 0.05', create: () => perMinute(chiSquared) },
  { name: 'chi-squared + impact', create: () => perMinuteWithImpact(chiSquared) },
  { name: 'z-score 2', create: () => perMinute(zScore(2)) },
  { name: 'z-score 3', create: () => perMinute(zScore(3)) },
  { name: 'IQR 1.5', create: () => perMinute(interquartile) },
  { name: 'MAD 3', create: () => perMinute(medianDeviation) },
  { name: 'Envoy success rate 1.9', create: () => successRate() },
  { name: 'Envoy failures 85%', create: () => failurePercentage() },
  { name: '5 failures in a row', create: consecutive },
  { name: 'Fisher and Holm alone', create: () => plainFisher() },
  { name: 'sequential (CUSUM)', create: () => cumulativeSum() },
];

export const detectorNames: readonly string[] = [ours, suspects, ...peers.map(({ name }) => name)];
