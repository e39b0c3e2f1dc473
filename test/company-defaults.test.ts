/** The own test of the example package. A company runs it with Node alone; here jest runs it, against src. */
jest.mock('node:test', () => ({ test }));

jest.requireActual('../examples/company-defaults/src/acme-backups.test');
