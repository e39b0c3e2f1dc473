/** The example app of FlowLogsToAthena with one field more in its logs: what a team deploys that changes its format. */
import { App } from 'aws-cdk-lib';
import { build, LOGS } from '../../examples/flow-logs-to-athena/app';
import { CentralFlowLogsBucket, FlowLogField } from 'cdk-resilience';

const { bucketName, accounts, regions, format } = LOGS;
build(new App(), CentralFlowLogsBucket.of({ bucketName, accounts, regions, format: format.with(FlowLogField.ENCRYPTION_STATUS) }));
