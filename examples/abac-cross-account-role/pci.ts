/** Card data, in the scope of PCI DSS: it is reached by people who are in the scope themselves, and by nobody else. */
import { Stack, Tags, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { AbacPermission, AbacPolicy, AccessAttribute } from 'cdk-resilience';

/** A table of tokens, the login of the bank, the key that encrypts both, and who works with them. */
export class CardDataStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const key = new Key(this, 'Key', { enableKeyRotation: true });
    const tokens = new TableV2(this, 'CardTokens', {
      partitionKey: { name: 'token', type: AttributeType.STRING },
      encryption: TableEncryptionV2.customerManagedKey(key),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    const bankLogin = new Secret(this, 'BankLogin', { secretName: 'bank-login', encryptionKey: key });
    Validations.of(bankLogin).acknowledge({ id: 'AwsSolutions-SMG4', reason: 'the bank rotates it' });
    const inScope = [key, tokens, bankLogin];
    inScope.forEach(resource => Tags.of(resource).add('Scope', 'PCI'));

    // Out of scope, and so out of reach, though it is in the same account.
    const campaigns = new TableV2(this, 'Campaigns', {
      partitionKey: { name: 'campaign', type: AttributeType.STRING },
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    Tags.of(campaigns).add('Scope', 'none');

    const operators = new Role(this, 'Operators', { roleName: 'card-data-operators', assumedBy: new AccountRootPrincipal() });
    Tags.of(operators).add('Scope', 'PCI');
    new AbacPolicy(this, 'Access', {
      // Not merely equal: `none` on both sides opens nothing.
      attributes: [AccessAttribute.matching('Scope', { among: ['PCI'] })],
      permissions: [
        AbacPermission.dynamodb().read().write(),
        AbacPermission.secrets().read(),
        AbacPermission.keys().read().write(), // DynamoDB and Secrets Manager decrypt for whoever asks them
      ],
    }).attachTo(operators);
  }
}
