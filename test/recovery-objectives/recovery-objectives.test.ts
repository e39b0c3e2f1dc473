import { Duration, Lazy } from 'aws-cdk-lib/core';
import { RecoveryObjectives } from '../../src';
import { errorOf } from '../support/app';

test('states both', () => {
  const { rto, rpo } = RecoveryObjectives.of({ rto: Duration.hours(4), rpo: Duration.minutes(15) });
  expect([rto.toHours(), rpo.toMinutes()]).toEqual([4, 15]);
});

test.each([['a second', Duration.seconds(1)], ['a year', Duration.days(365)]])('takes %s', (_, duration) => {
  expect(() => RecoveryObjectives.of({ rto: duration, rpo: duration })).not.toThrow();
});

test('fails for nothing, and tells both', () => {
  expect(errorOf(() => RecoveryObjectives.of({ rto: Duration.minutes(0), rpo: Duration.seconds(0) }))).toBe(`RecoveryObjectives can not be built:
  - 'rto' must be longer than nothing, got: 0; no architecture recovers in no time, ask what an hour would cost
  - 'rpo' must be longer than nothing, got: 0; no architecture recovers in no time, ask what an hour would cost`);
});

test('fails for a token, from which no schedule can follow', () => {
  const token = Duration.minutes(Lazy.number({ produce: () => 5 }));
  expect(errorOf(() => RecoveryObjectives.of({ rto: Duration.hours(1), rpo: token }))).toBe(`RecoveryObjectives can not be built:
  - 'rpo' must be known at synth, got: an unresolved token; write it as Duration.hours(n)`);
});
