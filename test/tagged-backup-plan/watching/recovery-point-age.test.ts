import { agesOf, canBeContinuous, databaseInstanceIn, noteRecoveryPoints } from '../../../src/tagged-backup-plan/watching/recovery-point-age';

const NOW = Date.UTC(2027, 0, 10);
const ago = (seconds: number) => new Date(NOW - seconds * 1000);
const point = (ResourceArn: string, seconds: number, Status = 'COMPLETED', id = 'snapshot') =>
  ({ ResourceArn, RecoveryPointArn: `arn:aws:backup:eu-west-1:1:recovery-point:${id}`, Status, CreationDate: ago(seconds) });

function newest(...points: Parameters<typeof noteRecoveryPoints>[1]): Map<string, number> {
  const map = new Map<string, number>();
  noteRecoveryPoints(map, points, NOW);
  return map;
}

test('the newest counts, in whatever order they come', () => {
  expect(newest(point('a', 300), point('a', 100), point('a', 200)).get('a')).toBe(NOW - 100_000);
});

test.each(['CREATING', 'PARTIAL', 'DELETING', 'EXPIRED', 'STOPPED'])('one that is %s can not be restored and does not count', status => {
  expect(newest(point('a', 100, status), point('a', 200)).get('a')).toBe(NOW - 200_000);
});

test('a continuous backup reaches up to now, whenever it began; when it was stopped it reaches nothing', () => {
  expect(newest(point('a', 1_000_000, 'AVAILABLE', 'continuous:db-1')).get('a')).toBe(NOW);
  expect(newest(point('a', 1_000_000, 'STOPPED', 'continuous:db-1')).has('a')).toBe(false);
});

test('a snapshot of something that is called continuous is as old as it is', () => {
  expect(newest(point('a', 100, 'COMPLETED', 'uploads-continuous-1')).get('a')).toBe(NOW - 100_000);
});

test('a snapshot of a bucket whose name begins so is no continuous backup', () => {
  expect(newest(point('a', 500, 'COMPLETED', 'continuous-uploads-1')).get('a')).toBe(NOW - 500_000);
});

test('points without a resource or a date say nothing', () => {
  expect(newest({ Status: 'COMPLETED', CreationDate: ago(1) }, { ResourceArn: 'a', Status: 'COMPLETED' }).size).toBe(0);
});

test('each tier is as old as its worst resource, and names those that were never backed up', () => {
  const resources = [{ arn: 'a', tier: 'low' }, { arn: 'b', tier: 'low' }, { arn: 'c', tier: 'low' }, { arn: 'd', tier: 'critical' }];
  expect(agesOf(['critical', 'medium', 'low'], resources, newest(point('a', 100), point('b', 500), point('d', 7)), NOW)).toEqual([
    { tier: 'critical', resources: 1, oldestSeconds: 7, oldestResource: 'd', neverBackedUp: [] },
    { tier: 'medium', resources: 0, oldestSeconds: 0, oldestResource: undefined, neverBackedUp: [] },
    { tier: 'low', resources: 3, oldestSeconds: 500, oldestResource: 'b', neverBackedUp: ['c'] },
  ]);
});

test('ages are whole seconds', () => {
  expect(agesOf(['low'], [{ arn: 'a', tier: 'low' }], newest(point('a', 1.6)), NOW)[0].oldestSeconds).toBe(2);
});

test('a clock that is ahead of ours gives no negative age', () => {
  expect(agesOf(['low'], [{ arn: 'a', tier: 'low' }], newest(point('a', -5)), NOW)[0].oldestSeconds).toBe(0);
});

test.each([
  ['arn:aws:rds:eu-west-1:111111111111:db:orders-1', 'orders-1'],
  ['arn:aws:rds:eu-west-1:111111111111:cluster:orders', undefined],
  ['arn:aws:s3:::db:orders', undefined],
])('the database instance in %s', (arn, expected) => expect(databaseInstanceIn(arn)).toBe(expected));

test.each([
  ['arn:aws:s3:::uploads', true], ['arn:aws:rds:eu-west-1:1:db:orders', true], ['arn:aws-cn:rds:cn-north-1:1:cluster:orders', true],
  ['arn:aws:dynamodb:eu-west-1:1:table/s3', false], ['arn:aws:ec2:eu-west-1:1:volume/vol-1', false],
  ['arn:aws:s3-outposts:eu-west-1:1:outpost/op-1/bucket/uploads', false],
])('%s may have a continuous backup: %s', (arn, expected) => expect(canBeContinuous(arn)).toBe(expected));
