import { Token } from 'aws-cdk-lib/core';
import { isKnown } from '../../private/validation';

/** A value that stands in a query: written as a literal of SQL, whatever it holds. */
export class QueryValue {
  /** A number: whole ones up to 9007199254740991, others as decimals. */
  public static number(value: number): QueryValue {
    return new QueryValue([value], false);
  }

  /** Numbers, for `IN ({…})`; one at least. */
  public static numbers(values: number[]): QueryValue {
    return new QueryValue(values, true);
  }

  /**
   * Text. Quotes in it are doubled. A token is written as it is, since nobody knows what it will be: its value must hold no
   * quote, as that of an account or an id.
   */
  public static text(value: string): QueryValue {
    return new QueryValue([value], false);
  }

  /** Texts, for `IN ({…})`; one at least. See `text`. */
  public static texts(values: string[]): QueryValue {
    return new QueryValue(values, true);
  }

  private constructor(private readonly values: (number | string)[], private readonly isList: boolean) {}

  /** @internal What is wrong with it, as an end of a message that begins with its name; undefined when nothing is. */
  public _problem(): string | undefined {
    if (this.isList && this.values.length === 0) {
      return 'must hold at least one value, got: none; IN () is no SQL';
    }
    for (const value of this.values.filter(isKnown)) {
      if (typeof value === 'number' && !isLiteral(value)) {
        return `must be a number that SQL can say without an exponent, got: ${value}; pass another one`;
      }
      if (typeof value === 'string' && /\p{Cc}/u.test(value)) {
        return `must hold no line break and no control character, got: ${JSON.stringify(value)}; remove it`;
      }
    }
    return undefined;
  }

  /** @internal The literal, or literals with commas between. */
  public _render(): string {
    return this.values.map(literalOf).join(', ');
  }
}

function isLiteral(value: number): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value)) && !String(value).includes('e');
}

function literalOf(value: number | string): string {
  if (typeof value === 'string') {
    return `'${value.replace(/'/g, '\'\'')}'`;
  }
  // Trap: a number that is known becomes a token, too.
  return isKnown(value) ? String(value) : Token.asString(value);
}
