import { ratioOf, spreadOf } from '../bench/statistics';

describe('what was measured several times', () => {
  test.each<[number[], number, number, number]>([
    [[3], 3, 3, 3],
    [[4, 1], 2.5, 1.3, 3.7],
    [[3, 1, 2], 2, 1.2, 2.8],
    [[11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 6, 2, 10],
  ])('%j: median %d, from %d to %d', (values, median, low, high) => {
    const spread = spreadOf(values);
    expect(spread.median).toBeCloseTo(median);
    expect(spread.low).toBeCloseTo(low);
    expect(spread.high).toBeCloseTo(high);
  });

  test('one disturbed round moves neither the median nor the spread far', () => {
    expect(spreadOf([...Array<number>(20).fill(1), 100])).toEqual({ median: 1, low: 1, high: 1 });
  });

  test('the values stay in their order', () => {
    const values = [3, 1, 2];
    spreadOf(values);
    expect(values).toEqual([3, 1, 2]);
  });

  test('fails without values', () => {
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });
});

describe('a ratio', () => {
  test('is taken round by round, so that a slow moment of the machine cancels out', () => {
    expect(ratioOf([105, 210, 1050], [100, 200, 1000])).toEqual({ median: 1.05, low: 1.05, high: 1.05 });
  });

  test('fails when one side was measured less often', () => {
    expect(() => ratioOf([1, 2], [1])).toThrow('every round must measure both, got: 2 and 1 values');
  });
});
