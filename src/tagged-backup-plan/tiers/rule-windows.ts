import type { BackupRule } from './backup-rule';
import type { Windows } from './backup-schedule';
import { startsInReferenceYear } from './backup-schedule';
import { isKnown, isKnownDuration } from '../../private/validation';

/** The start windows of a rule over a year; undefined when its schedule can not be read at synth. */
export function windowsOf(rule: BackupRule): Windows | undefined {
  if (!isKnown(rule.schedule.expressionString) || !isKnownDuration(rule.startWindow)) {
    return undefined;
  }
  const starts = startsInReferenceYear(rule.schedule.expressionString);
  return starts && { starts, windowMinutes: rule.startWindow.toMinutes({ integral: false }) };
}
