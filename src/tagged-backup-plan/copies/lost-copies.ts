import { destinationKey } from './backup-copy';
import type { Findings } from '../../private/validation';
import { inDays, isKnownDuration } from '../../private/validation';
import type { BackupRule } from '../tiers/backup-rule';
import type { Overlap } from '../tiers/backup-schedule';
import { firstOverlap } from '../tiers/backup-schedule';
import type { BackupTier } from '../tiers/backup-tier';
import { windowsOf } from '../tiers/rule-windows';

/** Two rules of which AWS Backup may leave one out where they overlap, and the places that its copies then miss. */
interface Loss {
  readonly kept: BackupRule;
  readonly lost: BackupRule;
  readonly places: string[];
}

/**
 * Where the start windows of two rules overlap, AWS Backup runs the one that keeps its backups longer and leaves the
 * other out. That is no loss, unless the one that is left out would have been copied to where the other is not.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 */
export function findLostCopies(findings: Findings, tier: BackupTier): void {
  tier.rules.forEach((a, index) => tier.rules.slice(index + 1).forEach(b => {
    // What would be lost is cheap to see, when they overlap is not.
    const loss = lossBetween(a, b);
    const overlap = loss && overlapOf(a, b);
    if (loss && overlap) {
      const [kept, lost] = [`'${loss.kept.name}'`, `'${loss.lost.name}'`];
      findings.require(false,
        `'rules' of tier '${tier.name}' must not lose a copy, got: start windows of ${kept} and ${lost} that overlap at ${overlap.at}, where AWS Backup runs one of them and ${kept} is not copied to ${loss.places.join(', ')}; give ${kept} the same 'copyTo', or move one of the two`);
    }
  }));
}

function lossBetween(a: BackupRule, b: BackupRule): Loss | undefined {
  if (!isKnownDuration(a.keepFor) || !isKnownDuration(b.keepFor)) {
    return undefined;
  }
  const difference = inDays(a.keepFor) - inDays(b.keepFor);
  const [longer, shorter] = difference >= 0 ? [a, b] : [b, a];
  // Of two that live equally long, either may be left out.
  const candidates = difference === 0 ? [[longer, shorter], [shorter, longer]] : [[longer, shorter]];
  return candidates.map(([kept, lost]) => ({ kept, lost, places: missing(lost, kept) })).find(loss => loss.places.length > 0);
}

/** Undefined when they never meet, or when it can not be known here: time zones shift against each other. */
function overlapOf(a: BackupRule, b: BackupRule): Overlap | undefined {
  const [windowsOfA, windowsOfB] = [windowsOf(a), windowsOf(b)];
  return windowsOfA && windowsOfB && zoneOf(a) === zoneOf(b) ? firstOverlap(windowsOfA, windowsOfB) : undefined;
}

function zoneOf(rule: BackupRule): string {
  return rule.timeZone?.timezoneName ?? 'Etc/UTC';
}

/** Destinations that one rule copies to and the other does not. */
function missing(from: BackupRule, to: BackupRule): string[] {
  const there = new Set((to.copyTo?._destinations ?? []).map(destinationKey));
  return (from.copyTo?._destinations ?? []).map(destinationKey).filter(key => !there.has(key));
}
