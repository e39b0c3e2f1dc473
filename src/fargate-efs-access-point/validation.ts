import type { IVpc, SubnetSelection, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IFileSystem } from 'aws-cdk-lib/aws-efs';
import { LifecyclePolicy } from 'aws-cdk-lib/aws-efs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Size } from 'aws-cdk-lib/core';
import { Duration, RemovalPolicy, SizeRoundingBehavior, Stack, Stage } from 'aws-cdk-lib/core';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { resourceOf, zoneOf } from './client-network';
import type { DirectoryOwner } from './directory-owner';
import { findElsewhere, locationOf, locationOfFileSystem } from './location';
import type { NewFileSystemOptions } from './new-file-system';
import { lifecycleOf } from './new-file-system';
import type { Findings } from '../private/validation';
import { duplicates, isKnown, isKnownDuration, quoted } from '../private/validation';

const MAX_PATH = 100;
const MAX_LEVELS = 4;
const FORBIDDEN_IN_PATH = /[$#<>;`|&?{}^*\n]/;
const MODE = /^[0-7]{3,4}$/;
const MAX_ID = 4_294_967_295;
const MAX_SECONDARY_GIDS = 16;
const MAX_PROVISIONED = 3414;
const SHORTEST_RPO = Duration.minutes(15);
const STAGES = Object.values(LifecyclePolicy).sort((a, b) => daysOf(a) - daysOf(b));
const MAX_POLICY = 20_000;

/** A path that EFS takes, which says only what the directory is. */
export function findDirectoryProblems(findings: Findings, directory: string, owner: DirectoryOwner): void {
  if (!isKnown(directory)) {
    return;
  }
  const levels = directory.split('/').slice(1);
  findings.require(directory.startsWith('/'), `'directory' must begin with '/', got: '${directory}'; write '/${directory}'`);
  findings.require(directory.length <= MAX_PATH, `'directory' must have ${MAX_PATH} characters at most, got: ${directory.length}; choose shorter names`);
  findings.require(levels.length <= MAX_LEVELS, `'directory' must be ${MAX_LEVELS} levels deep at most, got: ${levels.length} in '${directory}'; EFS creates no more`);
  findings.require(!FORBIDDEN_IN_PATH.test(directory), `'directory' must have no line break and none of $#<>;\`|&?{}^*, got: '${directory}'; use letters, digits, '-' and '_'`);
  findings.require(!levels.some(level => level.startsWith('.')), `'directory' must have no level that begins with '.', got: '${directory}'; rename it`);
  findings.require(directory === '/' || !levels.includes(''), `'directory' must have a name on every level, got: '${directory}'; remove the '/' that is too many`);
  findings.require(directory !== '/' || owner.permissions === undefined,
    '\'owner\' of directory \'/\' must be DirectoryOwner.existing, got: one that creates the directory; the root of a file system is there, and belongs to root until you change that');
}

/** Somebody who is not root, and can enter the directory. */
export function findOwnerProblems(findings: Findings, owner: DirectoryOwner): void {
  if (owner.isRoot) {
    findings.require(owner.rootReason!.trim() !== '', '\'reason\' of DirectoryOwner.root must say why, got: nothing; write what insists on being root');
  } else {
    for (const [what, id] of [['uid', owner.uid], ['gid', owner.gid], ...owner.secondaryGids.map(gid => ['secondaryGids', gid] as const)] as const) {
      findings.require(!isKnown(id) || (Number.isInteger(id) && id >= 1 && id <= MAX_ID),
        `'${what}' of 'owner' must be a whole number from 1 to ${MAX_ID}, got: ${id}; ${id === 0 ? 'a task that must be root says why with DirectoryOwner.root' : 'choose a user of the image, such as 1000'}`);
    }
  }
  findings.require(owner.secondaryGids.length <= MAX_SECONDARY_GIDS,
    `'secondaryGids' of 'owner' must be ${MAX_SECONDARY_GIDS} at most, got: ${owner.secondaryGids.length}; EFS takes no more`);
  const mode = owner.permissions;
  if (mode !== undefined && isKnown(mode)) {
    findings.require(MODE.test(mode), `'permissions' of 'owner' must be three or four octal digits, got: '${mode}'; write '0750'`);
    findings.require(!MODE.test(mode) || Number(mode.slice(-3, -2)) % 2 === 1,
      `'permissions' of 'owner' must let the owner enter the directory (execute), got: '${mode}'; a directory of mode 0640 can not be mounted, 0750 can`);
  }
}

/** A file system that can be made. */
export function findNewFileSystemProblems(findings: Findings, scope: Construct, options: NewFileSystemOptions): void {
  const perSecond = options.throughput?.perSecond;
  if (perSecond?.isUnresolved()) {
    findings.require(convertsToMebibytes(perSecond),
      '\'throughput\' must be provisioned in MiB when its value is a token, got: another unit; pass Size.mebibytes(token)');
  } else if (perSecond) {
    const mebibytes = perSecond.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
    findings.require(Number.isInteger(mebibytes) && mebibytes >= 1 && mebibytes <= MAX_PROVISIONED,
      `'throughput' must be provisioned in whole MiB from 1 to ${MAX_PROVISIONED}, got: ${mebibytes}; elastic throughput needs no number`);
  }
  const { toInfrequentAccess, toArchive } = lifecycleOf(options);
  if (toArchive) {
    const mode = options.throughput?.mode ?? 'elastic';
    findings.require(mode === 'elastic', `'toArchive' of 'lifecycle' must have elastic throughput beside it, got: ${mode}; leave 'toArchive' out`);
    findings.require(toInfrequentAccess === undefined || STAGES.indexOf(toArchive) > STAGES.indexOf(toInfrequentAccess),
      `'toArchive' of 'lifecycle' must be later than 'toInfrequentAccess', got: ${toArchive} and ${toInfrequentAccess}; choose a later one`);
  }
  const backups = options.backups;
  if (backups?.reason !== undefined) {
    findings.require(backups.reason.trim() !== '', '\'reason\' of FileSystemBackups.none must say why nothing is lost, got: nothing; write it down, or back it up');
  }
  if (backups?.plan) {
    const [here, there] = [Stack.of(scope), Stack.of(backups.plan)];
    for (const place of ['region', 'account'] as const) {
      findings.require(!isKnown(here[place]) || !isKnown(there[place]) || here[place] === there[place],
        `'backups' must be a tier of a plan in the directory's ${place}, got: '${there[place]}' and '${here[place]}'; a plan finds only what is beside it`);
    }
    const tiers = backups.plan.tiers.map(tier => tier.name);
    findings.require(tiers.includes(backups.tierName!), `'tier' of 'backups' must be one of ${quoted(tiers)}, got: '${backups.tierName}'; name a tier of that plan`);
  }
  findings.require(options.removalPolicy !== RemovalPolicy.SNAPSHOT,
    '\'removalPolicy\' must not be SNAPSHOT, got: SNAPSHOT; a file system has no snapshots, RETAIN keeps it and backups keep what was in it');
  findReplicationProblems(findings, scope, options);
}

/** A size that is a token can not be converted: it must have been given in the unit that AWS takes. */
function convertsToMebibytes(size: Size): boolean {
  try {
    size.toMebibytes();
    return true;
  } catch {
    return false;
  }
}

/** One mount target a zone, and one at least: EFS makes no second, and nobody finds a file system that has none. */
export function findSubnetProblems(findings: Findings, vpc: IVpc, vpcSubnets: SubnetSelection = { onePerAz: true }): void {
  const what = '\'vpcSubnets\' must choose one subnet in each zone';
  try {
    const { subnets, isPendingLookup } = vpc.selectSubnets(vpcSubnets);
    findings.require(subnets.length > 0 || isPendingLookup === true, `${what}, got: none of '${vpc.node.path}'; choose those of the zones that run tasks`);
    const zones = subnets.map(subnet => zoneOf(vpc, subnet.subnetId)).filter(zone => zone !== undefined);
    findings.require(duplicates(zones).length === 0, `${what}, got: several in ${quoted(duplicates(zones))}; add onePerAz: true`);
  } catch (error) {
    findings.require(false, `${what}, got: none, since CDK says "${(error as Error).message}"; choose those of the zones that run tasks`);
  }
}

function findReplicationProblems(findings: Findings, scope: Construct, { replication }: NewFileSystemOptions): void {
  if (!replication?.destination) {
    return;
  }
  const { destination } = replication;
  const [here, there] = [Stack.of(scope), Stack.of(destination)];
  findings.require(isKnown(here.region) && isKnown(there.region),
    '\'replication\' must have the Region of both stacks, got: one that only the deployment knows; state \'env\' on both stacks');
  findings.require(!isKnown(here.region) || here.region !== there.region,
    `'replication' must go to another Region, got: '${there.region}' for both; a replica beside its source is lost with it`);
  const [own, its] = [here, there].map(({ region }) => isKnown(region) ? RegionInfo.get(region).partition : undefined);
  findings.require(own === undefined || its === undefined || own === its,
    `'replication' must stay in the partition, got: '${its}' from '${own}'; nothing is copied between partitions, choose a Region in '${own}'`);
  findings.require(!isKnown(here.account) || !isKnown(there.account) || here.account === there.account,
    `'replication' must stay in the account, got: '${here.account}' and '${there.account}'; copy backups to the other account instead`);
  findings.require(Stage.of(here) === Stage.of(there),
    `'replication' must stay in its stage, got: '${destination.node.path}', which is of another; stages are deployed without each other, create both stacks in one`);
  findings.require(destination._isReplica,
    `'replication' must go to a file system that is a replica, got: '${destination.node.path}', which is not; create it with newFileSystem: { replication: FileSystemReplication.replica() }`);
  findings.require(destination._source === undefined,
    `'replication' must go to a replica of its own, got: '${destination.node.path}', which is that of '${destination._source?.node.path}'; EFS copies one file system to another, create a replica for each`);
  const { rpo } = replication;
  const long = isKnownDuration(rpo) && rpo.toMilliseconds({ integral: false }) >= SHORTEST_RPO.toMilliseconds();
  findings.require(rpo === undefined || long,
    `'rpo' of 'replication' must be 15 minutes at least and known at synth, got: ${isKnownDuration(rpo) ? rpo.toHumanString() : 'an unresolved token'}; AWS replicates most file systems within 15 minutes and promises nothing shorter`);
}

/** What the team hands in. */
interface Adopted {
  readonly vpc: IVpc;
  readonly fileSystem?: IFileSystem;
  readonly newFileSystem?: NewFileSystemOptions;
  readonly alarmTopic?: ITopic;
}

/** What the team hands in must be where the directory is, and work there. */
export function findAdoptionProblems(findings: Findings, scope: Construct, adopted: Adopted): void {
  findings.require(!adopted.fileSystem || !adopted.newFileSystem,
    '\'newFileSystem\' must be left out beside \'fileSystem\', got: both; it says what a file system is created like, and yours is created already');
  findings.require(!adopted.fileSystem || !adopted.alarmTopic,
    '\'alarmTopic\' must be left out beside \'fileSystem\', got: both; alarms are of the file system, and belong to who creates it');
  const here = Stack.of(scope);
  const beside = '; an access point is where its file system and its tasks are';
  findElsewhere(findings, here, 'fileSystem', adopted.fileSystem && locationOfFileSystem(adopted.fileSystem), beside);
  findElsewhere(findings, here, 'vpc', locationOf(adopted.vpc), beside);
  findElsewhere(findings, here, 'alarmTopic', adopted.alarmTopic && locationOf(adopted.alarmTopic), beside);
  const key = adopted.newFileSystem?.encryptionKey;
  // EFS takes a key of another account, when the key lets it.
  findElsewhere(findings, here, 'encryptionKey', key && { ...locationOf(key), account: here.account }, '; EFS encrypts with keys of its Region');
  const { dnsSupportEnabled, dnsHostnamesEnabled } = adopted.vpc as Vpc;
  findings.require(dnsSupportEnabled !== false && dnsHostnamesEnabled !== false,
    `'vpc' must have DNS support and DNS host names, got: '${adopted.vpc.node.path}' without; Fargate finds a mount target by its name, leave enableDnsSupport and enableDnsHostnames on`);
}

/** The policy of a file system that this app creates: one that lets everybody in undoes everything else. */
export function findPolicyProblems(fileSystem: IFileSystem): string[] {
  const resource = resourceOf(fileSystem, 'AWS::EFS::FileSystem');
  if (!resource) {
    return [];
  }
  const policy = Stack.of(resource).resolve((resource as unknown as { fileSystemPolicy?: unknown }).fileSystemPolicy);
  const advice = 'pass allowAnonymousAccess: true, so that CDK adds nothing, and fileSystemPolicy: FargateEfsAccessPoint.fileSystemPolicy(this)';
  if (!policy) {
    return [`'fileSystem' must have a policy, got: none for '${fileSystem.node.path}'; EFS lets everybody in who reaches it, ${advice}`];
  }
  const length = JSON.stringify(policy).length;
  const problems = length > MAX_POLICY ? [`the policy of file system '${fileSystem.node.path}' must have ${MAX_POLICY} characters at most, got: ${length}; remove statements`] : [];
  const open = [policy.Statement ?? []].flat().filter(isOpen);
  return open.length === 0 ? problems : [...problems,
    `'fileSystem' must allow nothing to everybody, got: ${quoted(open.flatMap(each => each.Action))} for '*' on '${fileSystem.node.path}'; ${advice}`];
}

/** What a policy says, as CDK or the team writes it: one or several of each. */
interface Statement {
  readonly Effect: string;
  readonly Principal?: string | { readonly AWS?: unknown };
  readonly Action: string | string[];
}

function isOpen({ Effect, Principal }: Statement): boolean {
  const principals = typeof Principal === 'string' ? Principal : Principal?.AWS;
  return Effect === 'Allow' && [principals].flat().includes('*');
}

function daysOf(policy: LifecyclePolicy): number {
  return Number(/\d+/.exec(policy)![0]);
}
