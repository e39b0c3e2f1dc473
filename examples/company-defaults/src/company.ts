import { Duration } from 'aws-cdk-lib';

/** What is the same for every team of the company. Put your own here. */

/** Where teams may run, and where their copies go from there. */
export const COPY_REGIONS: Record<string, string> = { 'eu-west-1': 'eu-central-1', 'eu-central-1': 'eu-west-1' };
/** Every account has this topic from its first day on, and somebody of operations listens. */
export const ALARM_TOPIC = 'acme-operations';
/** The role of the security team, in every account: it alone may delete a backup before its time. */
export const BREAK_GLASS_ROLE = 'acme-break-glass';
/** No backup of the company lives shorter. */
export const SHORTEST_RETENTION = Duration.days(14);
