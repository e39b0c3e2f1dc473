import { DeleteParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { RETRIES } from '../runtime/retries';

/** What the construct states, as CloudFormation hands it on. */
export interface RegionalValueProperties {
  readonly Region: string;
  readonly ParameterName: string;
  readonly Value: string;
}

/** What CloudFormation asks, as the provider framework hands it on. */
export interface RegionalValueEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResourceProperties: RegionalValueProperties;
}

/**
 * Writes the value where it is read. Another Region or name is another parameter: CloudFormation deletes the old one when
 * the new one is there.
 */
export async function handler({ RequestType, ResourceProperties }: RegionalValueEvent): Promise<{ PhysicalResourceId: string }> {
  const { Region, ParameterName, Value } = ResourceProperties;
  const ssm = new SSMClient({ ...RETRIES, region: Region });
  if (RequestType === 'Delete') {
    await deleteParameter(ssm, ParameterName);
  } else {
    await ssm.send(new PutParameterCommand({
      Name: ParameterName,
      Value,
      Type: 'String',
      Overwrite: true,
      Description: 'Written by a stack in another Region, read by the stacks here',
    }));
  }
  return { PhysicalResourceId: `${Region}:${ParameterName}` };
}

async function deleteParameter(ssm: SSMClient, name: string): Promise<void> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: name }));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) {
      throw error;
    }
  }
}
