import type { Environment } from './cdk-cli';

/** The two accounts and two Regions of the examples. The first account may deploy into the second. */
export const ACCOUNT = '111111111111';
export const OTHER_ACCOUNT = '222222222222';
export const IRELAND = 'eu-west-1';
export const FRANKFURT = 'eu-central-1';

export const ENVIRONMENTS: Environment[] = [ACCOUNT, OTHER_ACCOUNT].flatMap(account => [IRELAND, FRANKFURT].map(region => ({
  account, region, trust: account === OTHER_ACCOUNT ? [ACCOUNT] : [],
})));
