import type { Plans, RegionSettings } from '../../../src/tagged-backup-plan/region-settings/region-settings';
import { decide, handOver, readPlans, renderChanges, settingsFor } from '../../../src/tagged-backup-plan/region-settings/region-settings';
import { errorOf } from '../../support/app';

const S3 = 'ResourceTypeOptInPreference/S3';
const EFS = 'ResourceTypeOptInPreference/EFS';
const DYNAMODB = 'ResourceTypeOptInPreference/DynamoDB';
const ADVANCED = 'ResourceTypeManagementPreference/DynamoDB';
const NOTHING = { before: [], heirs: {}, on: [], off: [], after: [] };

/** A Region in which these settings are on, and the others known here are off. */
function settings(...on: string[]): RegionSettings {
  return {
    ResourceTypeOptInPreference: { S3: on.includes(S3), EFS: on.includes(EFS), DynamoDB: on.includes(DYNAMODB) },
    ResourceTypeManagementPreference: { DynamoDB: on.includes(ADVANCED), EFS: true },
  };
}

/** The lists of a plan. */
function lists(wanted: string[], switchedOn: string[] = []) {
  return { wanted, switchedOn };
}

describe('what types need', () => {
  test('their opt-in', () => {
    expect(settingsFor(['S3', 'EFS'])).toEqual([S3, EFS]);
  });

  test('DynamoDB its advanced features too', () => {
    expect(settingsFor(['DynamoDB'])).toEqual([DYNAMODB, ADVANCED]);
  });
});

type Row = [name: string, wanted: string[], plans: Plans, on: string[], decision: object];

describe('create', () => {
  test.each<Row>([
    ['all is off', [S3, EFS], { '/mine': lists([S3, EFS]) }, [],
      { before: [S3, EFS], heirs: {}, on: [S3, EFS], off: [], after: [S3, EFS] }],
    ['some is on: only the rest is switched and remembered', [S3, EFS], {}, [EFS],
      { before: [S3], heirs: {}, on: [S3], off: [], after: [S3] }],
    ['all is on: nothing is switched, nothing remembered', [S3], {}, [S3], NOTHING],
    ['advanced features alone are off', [DYNAMODB, ADVANCED], {}, [DYNAMODB],
      { before: [ADVANCED], heirs: {}, on: [ADVANCED], off: [], after: [ADVANCED] }],
    ['the same request again, remembered but not yet switched', [S3], { '/mine': lists([S3], [S3]) }, [],
      { before: [S3], heirs: {}, on: [S3], off: [], after: [S3] }],
    ['the same request again, all done', [S3], { '/mine': lists([S3], [S3]) }, [S3],
      { before: [S3], heirs: {}, on: [], off: [], after: [S3] }],
    ['another plan has switched it on: that one answers for it', [S3], { '/other': lists([S3], [S3]) }, [S3], NOTHING],
  ])('%s', (_, wanted, plans, on, decision) => {
    expect(decide('/mine', wanted, plans, settings(...on))).toEqual(decision);
  });
});

describe('update', () => {
  test.each<Row>([
    ['a type comes', [S3, EFS], { '/mine': lists([S3, EFS], [S3]) }, [S3],
      { before: [S3, EFS], heirs: {}, on: [EFS], off: [], after: [S3, EFS] }],
    ['a type goes and is put back', [S3], { '/mine': lists([S3], [S3, EFS]) }, [S3, EFS],
      { before: [S3, EFS], heirs: {}, on: [], off: [EFS], after: [S3] }],
    ['a type goes that was on before', [S3], { '/mine': lists([S3], [S3]) }, [S3, EFS],
      { before: [S3], heirs: {}, on: [], off: [], after: [S3] }],
    ['one comes, one goes', [EFS], { '/mine': lists([EFS], [S3]) }, [S3],
      { before: [S3, EFS], heirs: {}, on: [EFS], off: [S3], after: [EFS] }],
    ['a type goes that another plan wants', [S3], { '/mine': lists([S3], [S3, EFS]), '/other': lists([EFS]) }, [S3, EFS],
      { before: [S3, EFS], heirs: { '/other': [EFS] }, on: [], off: [], after: [S3] }],
    ['what somebody switched off and is still wanted goes on again', [S3], { '/mine': lists([S3], [S3]) }, [],
      { before: [S3], heirs: {}, on: [S3], off: [], after: [S3] }],
  ])('%s', (_, wanted, plans, on, decision) => {
    expect(decide('/mine', wanted, plans, settings(...on))).toEqual(decision);
  });
});

describe('delete', () => {
  test.each<Row>([
    ['what was switched on is put back', [], { '/mine': lists([], [S3, DYNAMODB, ADVANCED]) }, [S3, EFS, DYNAMODB, ADVANCED],
      { before: [S3, DYNAMODB, ADVANCED], heirs: {}, on: [], off: [S3, DYNAMODB, ADVANCED], after: [] }],
    ['nothing was switched on', [], { '/mine': lists([]) }, [S3], NOTHING],
    ['its parameters are gone', [], {}, [S3], NOTHING],
    ['what somebody switched off is left alone', [], { '/mine': lists([], [S3, EFS]) }, [EFS],
      { before: [S3, EFS], heirs: {}, on: [], off: [EFS], after: [] }],
    ['what the Region no longer has is left alone', [], { '/mine': lists([], ['ResourceTypeOptInPreference/Gone']) }, [],
      { before: ['ResourceTypeOptInPreference/Gone'], heirs: {}, on: [], off: [], after: [] }],
    ['what another plan wants is handed over', [], { '/mine': lists([], [S3, EFS]), '/other': lists([S3], [DYNAMODB]) }, [S3, EFS, DYNAMODB],
      { before: [S3, EFS], heirs: { '/other': [DYNAMODB, S3] }, on: [], off: [EFS], after: [] }],
    ['to the first of several, whatever their order', [], { '/mine': lists([], [S3, EFS]), '/z': lists([S3, EFS]), '/a': lists([S3]) }, [S3, EFS],
      { before: [S3, EFS], heirs: { '/a': [S3], '/z': [EFS] }, on: [], off: [], after: [] }],
    ['handed over already: the same request again', [], { '/mine': lists([], [S3]), '/other': lists([S3], [S3]) }, [S3],
      { before: [S3], heirs: { '/other': [S3] }, on: [], off: [], after: [] }],
    ['what only another plan has switched on is none of this plan\'s', [], { '/mine': lists([]), '/other': lists([], [S3]) }, [S3], NOTHING],
    ['what another plan has switched on too, but no longer wants, is put back', [], { '/mine': lists([], [S3]), '/other': lists([], [S3]) }, [S3],
      { before: [S3], heirs: {}, on: [], off: [S3], after: [] }],
  ])('%s', (_, wanted, plans, on, decision) => {
    expect(decide('/mine', wanted, plans, settings(...on))).toEqual(decision);
  });
});

test('after it is off: who has come to want it gets it, with what it answers for already', () => {
  const plans = { '/mine': lists([S3], [S3]), '/other': lists([S3, EFS], [EFS]) };
  expect(handOver('/mine', [S3, DYNAMODB], plans)).toEqual({ heirs: { '/other': [EFS, S3] }, handedOver: [S3] });
});

describe('what the Region does not have', () => {
  test.each<[name: string, wanted: string[], settings: RegionSettings, message: string]>([
    ['a type', [S3, 'ResourceTypeOptInPreference/Moon'], settings(),
      'AWS Backup has no setting \'ResourceTypeOptInPreference/Moon\' in this Region: remove Moon from \'optIn\''],
    ['advanced features, named once', [DYNAMODB, ADVANCED], {},
      'AWS Backup has no setting \'ResourceTypeOptInPreference/DynamoDB\', \'ResourceTypeManagementPreference/DynamoDB\' in this Region: remove DynamoDB from \'optIn\''],
  ])('fails: %s', (_, wanted, region, message) => {
    expect(errorOf(() => decide('/mine', wanted, {}, region))).toBe(message);
  });
});

describe('changes', () => {
  test('hold only what changes, in its map', () => {
    expect(renderChanges([S3, ADVANCED], [EFS])).toEqual({
      ResourceTypeOptInPreference: { S3: true, EFS: false },
      ResourceTypeManagementPreference: { DynamoDB: true },
    });
  });

  test('leave out a map without one', () => {
    expect(renderChanges([], [S3])).toEqual({ ResourceTypeOptInPreference: { S3: false } });
  });

  test('keep a name with spaces', () => {
    expect(renderChanges(['ResourceTypeOptInPreference/Storage Gateway'], [])).toEqual({ ResourceTypeOptInPreference: { 'Storage Gateway': true } });
  });
});

describe('parameters', () => {
  test('are the lists of the plans; others are passed over', () => {
    expect(readPlans([
      { Name: '/root/a/wanted', Value: `["${S3}"]` },
      { Name: '/root/a/switched-on', Value: '[]' },
      { Name: '/root/b/switched-on', Value: `["${EFS}"]` },
      { Name: '/root/b/note', Value: 'by hand' },
      { Name: '/root/c', Value: 'by hand' },
      {},
    ])).toEqual({ '/root/a': lists([S3]), '/root/b': lists([], [EFS]) });
  });

  test.each(['', 'S3', '{}', '[1]'])('fails: %j is no list', value => {
    expect(errorOf(() => readPlans([{ Name: '/root/a/wanted', Value: value }]))).toBe(
      `parameter '/root/a/wanted' must hold a JSON list of settings, got: '${value}'; restore an earlier version of it from its history`);
  });
});
