import type { Environment } from './cdk-cli';

/** The accounts and Regions of the examples. The first account may deploy into the others. */
export const ACCOUNT = '111111111111';
export const OTHER_ACCOUNT = '222222222222';
export const THIRD_ACCOUNT = '333333333333';
export const IRELAND = 'eu-west-1';
export const FRANKFURT = 'eu-central-1';
/** Where IAM tells of its changes. */
export const VIRGINIA = 'us-east-1';

function environments(accounts: string[], regions: string[]): Environment[] {
  return accounts.flatMap(account => regions.map(region => ({ account, region, trust: account === ACCOUNT ? [] : [ACCOUNT] })));
}

/** Of a shop with its backups: two accounts in two Regions. */
export const ENVIRONMENTS = environments([ACCOUNT, OTHER_ACCOUNT], [IRELAND, FRANKFURT]);
/** Of a platform and two teams: an account each, and the Region of IAM. */
export const ACCESS_ENVIRONMENTS = environments([ACCOUNT, OTHER_ACCOUNT, THIRD_ACCOUNT], [IRELAND, VIRGINIA]);
/** Of all examples, each once. */
export const ALL_ENVIRONMENTS = [...ENVIRONMENTS, ...ACCESS_ENVIRONMENTS.filter(each => !ENVIRONMENTS.some(known =>
  known.account === each.account && known.region === each.region))];
