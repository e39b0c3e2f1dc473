import { Findings } from '../../src/private/validation';

/** What `find` finds, each message by itself. */
export function found(find: (findings: Findings) => void): string[] {
  const findings = new Findings();
  find(findings);
  try {
    findings.throwIfAny('it');
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1).map(line => line.replace(/^ {2}- /, ''));
  }
}
