/** The app of a team of Acme. It depends on `@acme/resilience` and knows nothing of what is behind it. */
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { AcmeBackups, BackupCoverage } from './src'; // in the app of a team: from '@acme/resilience'

/** What the team keeps, and what it is worth. */
export class InvoicingStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const orders = table(this, 'Orders');
    const invoices = table(this, 'Invoices');

    const backups = new AcmeBackups(this, 'Backups', { keepRecordsFor: Duration.days(3650) });
    backups.protect(orders, 'critical');
    backups.protect(invoices, 'records');
  }
}

function table(scope: Construct, id: string): TableV2 {
  return new TableV2(scope, id, {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    encryption: TableEncryptionV2.awsManagedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  });
}

/** Adds the team's stack to the app. */
export function build(app: App): void {
  Validations.of(app).addPlugins(new BackupCoverage());
  new InvoicingStack(app, 'Invoicing', { env: { account: '111111111111', region: 'eu-west-1' } });
}

if (require.main === module) {
  build(new App());
}
