import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';

const decide = {
  AWS_REGION: 'us-west-2',
  EVAC_TABLE: 'evac',
  EVAC_VANTAGES: JSON.stringify([
    { id: 'in/us-west-2a', zone: 'us-west-2a', controls: ['https://one.example'] },
    { id: 'out/us-west-2', zone: null, controls: [] },
  ]),
  EVAC_MACHINES: JSON.stringify({
    'replace-node': 'arn:1',
    'evacuate-zone': 'arn:2',
    'fail-over-region': 'arn:3',
    'fail-back': 'arn:4',
  }),
  EVAC_TOPICS: JSON.stringify({ info: 'arn:5', warning: 'arn:6', critical: 'arn:7' }),
};
const mistakes = (env: Record<string, string>) => {
  try {
    readEnvironment('decide', env);
  } catch (error) {
    return String(error);
  }
  return 'none';
};

describe('what a function is told when it is deployed', () => {
  it('is read whole, with the vantages in the function’s own region', () => {
    expect(readEnvironment('decide', decide)).toMatchObject({
      region: 'us-west-2',
      table: 'evac',
      settings: 'settings.json',
      bus: null,
      hostedZones: {},
      vantages: [
        { id: 'in/us-west-2a', region: 'us-west-2', zone: 'us-west-2a', controls: ['https://one.example'] },
        { id: 'out/us-west-2', region: 'us-west-2', zone: null, controls: [] },
      ],
      machines: { 'fail-back': 'arn:4' },
      topics: { critical: 'arn:7' },
    });
  });

  it('is only what the function needs', () => {
    expect(Object.keys(readEnvironment('switch', decide))).toEqual(['region', 'table', 'settings']);
  });

  it('is refused with everything that is missing, at once, and what would be right', () => {
    const said = mistakes({ AWS_REGION: 'us-west-2', EVAC_TOPICS: decide.EVAC_TOPICS });
    expect(said).toContain('the function decide cannot start');
    expect(said).toContain("EVAC_TABLE is not set: it should hold the table's name");
    expect(said).toContain('EVAC_VANTAGES is not set');
    expect(said).toContain('EVAC_MACHINES is not set');
    expect(said).not.toContain('EVAC_TOPICS');
  });

  it.each([
    ['EVAC_VANTAGES', '[{]', 'is not JSON'],
    ['EVAC_VANTAGES', '[]', 'must be a list of at least one'],
    ['EVAC_VANTAGES', '[7]', 'must be an object'],
    ['EVAC_VANTAGES', '[{"zone": null, "controls": []}]', 'lacks id'],
    ['EVAC_VANTAGES', '[{"id": "a", "controls": []}]', 'lacks zone'],
    [
      'EVAC_VANTAGES',
      '[{"id": "a", "zone": null, "controls": ["nowhere"]}]',
      'must have a list of URLs as controls',
    ],
    ['EVAC_MACHINES', '{"replace-node": "arn:1"}', 'lacks evacuate-zone'],
    ['EVAC_TOPICS', '{"info": 5}', 'must have a text as info'],
    ['EVAC_TABLE', '', 'must not be empty'],
    ['EVAC_HOSTED_ZONES', '{"chat.example.com": ""}', 'must have a text as chat.example.com'],
  ])('%s as %s is refused: it %s', (name, value, why) => {
    const said = mistakes({ ...decide, [name]: value });
    expect(said).toContain(`- ${name} ${why}`);
    expect(said).toContain(`it is ${value}`);
  });
});
