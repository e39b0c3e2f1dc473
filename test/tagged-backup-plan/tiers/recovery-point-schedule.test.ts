import { oldestByRules, SHORTEST_SNAPSHOT_RPO, snapshotsFor } from '../../../src/tagged-backup-plan/tiers/recovery-point-schedule';

const HOUR = 60;
const DAY = 24 * HOUR;
const every = (interval: number, windowMinutes: number, from = 0) =>
  ({ starts: Array.from({ length: 365 * DAY / interval }, (_, step) => from + step * interval), windowMinutes });

describe('snapshots that keep an RPO', () => {
  test.each([
    [119, undefined],
    [120, { weekly: false, windowMinutes: 60, hours: Array.from({ length: 24 }, (_, hour) => hour) }],
    [179, { weekly: false, windowMinutes: 60, hours: Array.from({ length: 24 }, (_, hour) => hour) }],
    [180, { weekly: false, windowMinutes: 60, hours: [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23] }],
    [4 * HOUR, { weekly: false, windowMinutes: 60, hours: [2, 5, 8, 11, 14, 17, 20, 23] }],
    [8 * HOUR, { weekly: false, windowMinutes: 120, hours: [5, 11, 17, 23] }],
    [500.5, { weekly: false, windowMinutes: 140, hours: [5, 11, 17, 23] }],
    [DAY, { weekly: false, windowMinutes: 480, hours: [5, 17] }],
    [25 * HOUR, { weekly: false, windowMinutes: 60, hours: [5] }],
    [7 * DAY, { weekly: false, windowMinutes: 480, hours: [5] }],
    [7 * DAY + HOUR, { weekly: true, windowMinutes: 60, hours: [5] }],
    [30 * DAY, { weekly: true, windowMinutes: 480, hours: [5] }],
  ])('%d minutes', (rpo, expected) => {
    expect(snapshotsFor(rpo)).toEqual(expected);
  });

  test('keep it, whatever it is', () => {
    for (let rpo = SHORTEST_SNAPSHOT_RPO; rpo < 10 * DAY; rpo += 59) {
      const { hours, weekly, windowMinutes } = snapshotsFor(rpo)!;
      const starts = Array.from({ length: weekly ? 52 : 365 }, (_, day) => hours.map(hour => (weekly ? 7 : 1) * day * DAY + hour * HOUR)).flat();
      expect(oldestByRules([{ starts, windowMinutes }])).toBeLessThanOrEqual(rpo);
    }
  });
});

describe('the oldest that the newest backup can get', () => {
  test('from the earliest start to the latest start of the next', () => {
    expect(oldestByRules([every(DAY, 8 * HOUR)])).toBe(32 * HOUR);
  });

  test('windows of a rule that touch or overlap are several backups', () => {
    expect(oldestByRules([every(HOUR, 60)])).toBe(120);
    expect(oldestByRules([every(HOUR, 90)])).toBe(150);
  });

  test('where windows of two rules overlap, one backup is taken at any time within both', () => {
    expect(oldestByRules([every(DAY, 2 * HOUR), every(DAY, 2 * HOUR, HOUR)])).toBe(26 * HOUR);
    expect(oldestByRules([every(DAY, HOUR), every(DAY, HOUR, 12 * HOUR)])).toBe(13 * HOUR);
  });

  test('a window within a longer one of another rule does not end that one sooner', () => {
    const long = { starts: every(DAY, 0).starts.flatMap(start => [start, start + 16 * HOUR]), windowMinutes: 8 * HOUR };
    expect(oldestByRules([long])).toBe(24 * HOUR);
    expect(oldestByRules([long, every(DAY, HOUR, 17 * HOUR)])).toBe(24 * HOUR);
  });

  test('twelve starts a year come again a year later', () => {
    expect(oldestByRules([{ starts: Array.from({ length: 12 }, (_, day) => day * DAY), windowMinutes: HOUR }])).toBe(354 * DAY + HOUR);
  });

  test('a rule of a few starts a year comes again a year later, alone', () => {
    expect(oldestByRules([{ starts: [0], windowMinutes: 60 }])).toBe(365 * DAY + HOUR);
    expect(oldestByRules([every(DAY, HOUR), { starts: [0], windowMinutes: 60 }])).toBe(25 * HOUR);
  });

  test('many starts in one month leave the rest of the year without', () => {
    const january = Array.from({ length: 20 }, (_, day) => day * DAY);
    expect(oldestByRules([{ starts: january, windowMinutes: 60 }])).toBe((365 - 19) * DAY + HOUR);
  });

  test('the turn of the year makes no week longer', () => {
    expect(oldestByRules([{ starts: Array.from({ length: 52 }, (_, week) => 2 * DAY + week * 7 * DAY), windowMinutes: 60 }])).toBe(7 * DAY + HOUR);
  });

  test('nothing is known without rules', () => {
    expect(oldestByRules([])).toBeUndefined();
  });
});
