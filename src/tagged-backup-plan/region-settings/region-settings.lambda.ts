import { BackupClient, DescribeRegionSettingsCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import type { Parameter } from '@aws-sdk/client-ssm';
import { DeleteParameterCommand, paginateGetParametersByPath, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Plans, RegionSettingsProperties } from './region-settings';
import { decide, handOver, LISTS, readPlans, renderChanges, settingsFor, UnknownSettingError } from './region-settings';
import { required } from '../../private/runtime/environment';
import { RETRIES } from '../../private/runtime/retries';

const backup = new BackupClient(RETRIES);
const ssm = new SSMClient(RETRIES);

/** What CloudFormation asks, as the provider framework hands it on. */
export interface RegionSettingsEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: RegionSettingsProperties;
}

/** Makes the Region's settings what the plan wants; a delete is a plan that wants nothing. */
export async function handler(event: RegionSettingsEvent): Promise<{ PhysicalResourceId: string }> {
  const { ParameterPath, ResourceTypes } = event.ResourceProperties;
  // Once given, the path stays, whatever the properties say: another id would make CloudFormation delete the first one.
  const path = event.PhysicalResourceId ?? ParameterPath;
  try {
    await settle(path, event.RequestType === 'Delete' ? [] : settingsFor(ResourceTypes));
  } catch (error) {
    if (event.RequestType === 'Create') {
      // CloudFormation will not ask to delete what was never created: what is half done is taken back now.
      await settle(path, []).catch(failure => console.error('could not be taken back', failure));
    }
    throw new Error(whatToDo(error as Error, event.RequestType), { cause: error });
  }
  return { PhysicalResourceId: path };
}

/**
 * Two plans may do this at once. None can know of the other before it looks, so that each first says what it wants, and
 * only then looks; who puts a setting back looks once more. Whoever comes to want the setting in between has either said
 * so before that second look, and the setting goes on again, or looks at the settings after it is off, and switches it
 * on. So what a plan wants is on when both have ended, and at worst off for a moment.
 *
 * The lists of what must be put back are not guarded like this: when a plan hands a setting over while its heir writes
 * its own list, one of the two is lost. Then that setting stays on after the last plan is gone, which harms nobody: a type
 * that is switched on is backed up only where a plan selects it.
 */
async function settle(path: string, wanted: string[]): Promise<void> {
  await (wanted.length > 0 ? writeList(path, LISTS.wanted, wanted) : removeList(path, LISTS.wanted));
  const settings = await backup.send(new DescribeRegionSettingsCommand({}));
  const plans = await listPlans();
  const decision = decide(path, wanted, plans, settings);

  await remember(plans, { [path]: decision.before, ...decision.heirs });
  await change(decision.on, decision.off);
  if (decision.off.length > 0) {
    const plansNow = await listPlans();
    const { heirs, handedOver } = handOver(path, decision.off, plansNow);
    await remember(plansNow, heirs);
    await change(handedOver, []);
  }
  if (wanted.length === 0) {
    await removeList(path, LISTS.switchedOn);
  } else {
    await remember({ [path]: { wanted, switchedOn: decision.before } }, { [path]: decision.after });
  }
}

async function change(on: string[], off: string[]): Promise<void> {
  if (on.length + off.length > 0) {
    console.log('AWS Backup settings of the Region', { on, off });
    await backup.send(new UpdateRegionSettingsCommand(renderChanges(on, off)));
  }
}

/** What all plans keep, our own among them. */
async function listPlans(): Promise<Plans> {
  const parameters: Parameter[] = [];
  for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: required('PARAMETER_ROOT'), Recursive: true })) {
    parameters.push(...page.Parameters ?? []);
  }
  return readPlans(parameters);
}

/** Writes what plans answer for, where it is not what they remember already. */
async function remember(plans: Plans, switchedOn: Record<string, string[]>): Promise<void> {
  for (const [path, settings] of Object.entries(switchedOn)) {
    if (JSON.stringify(settings) !== JSON.stringify(plans[path]?.switchedOn ?? [])) {
      await writeList(path, LISTS.switchedOn, settings);
    }
  }
}

async function writeList(path: string, list: string, settings: string[]): Promise<void> {
  await ssm.send(new PutParameterCommand({
    Name: `${path}/${list}`,
    Value: JSON.stringify(settings),
    Type: 'String',
    Overwrite: true,
    Description: `AWS Backup settings of this Region: ${list} by a backup plan; written by the plan's own function`,
  }));
}

async function removeList(path: string, list: string): Promise<void> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: `${path}/${list}` }));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) {
      throw error;
    }
  }
}

/** What CloudFormation shows to whoever deploys. */
function whatToDo(error: Error, request: RegionSettingsEvent['RequestType']): string {
  if (error instanceof UnknownSettingError) {
    return error.message;
  }
  const advice = request === 'Delete'
    ? 'delete the stack again; what this plan has switched on stays on until then'
    : 'deploy again, or switch the types on in the AWS Backup console under Settings and leave \'optIn\' out; a service control policy may forbid it to this function';
  return `AWS Backup settings of the Region could not be changed: ${error.name}: ${error.message}; ${advice}`;
}
