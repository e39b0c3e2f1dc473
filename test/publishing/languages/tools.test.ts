import { requireTools } from '../../../publishing/languages/tools';

const NODE = { name: 'Node', command: ['node', '--version'], version: /v(\d+)\.(\d+)/, install: 'install it' };

test('says what is there', () => {
  expect(requireTools([{ ...NODE, oldest: [20, 0] }])).toEqual([expect.stringMatching(/^Node \d+\.\d+$/)]);
});

test('fails for all that is missing or too old, with what to do', () => {
  const missing = { ...NODE, name: 'Nothing', command: ['not-a-program'] };
  expect(() => requireTools([{ ...missing, oldest: [1, 2] }, { ...NODE, oldest: [999, 0] }])).toThrow(new RegExp([
    '^Nothing 1\\.2 or later is needed, and \'not-a-program\' does not start it: install it',
    'Node 999\\.0 or later is needed, found \\d+\\.\\d+: install it$',
  ].join('\n')));
});
