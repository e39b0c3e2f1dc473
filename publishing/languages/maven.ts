/** Maven, and the Java it compiles with: found on this machine, never installed by us. */
import { join } from 'node:path';
import { CACHE } from './packages';
import type { Tool } from './tools';

/** Not the repository of the user: our package, version 0.0.0, has no place there. */
const LOCAL_REPOSITORY = join(CACHE, 'maven');

/** What `maven` needs. */
export const JAVA_TOOLS: Tool[] = [
  {
    name: 'JDK',
    command: ['javac', '-version'],
    version: /javac (\d+)(?:\.(\d+))?/,
    oldest: [17, 0],
    install: 'install one (on Debian and Ubuntu the package openjdk-17-jdk-headless)',
  },
  {
    name: 'Maven',
    command: ['mvn', '--version'],
    version: /Apache Maven (\d+)\.(\d+)/,
    oldest: [3, 6],
    install: 'install it (on Debian and Ubuntu the package maven), and see that JAVA_HOME is a JDK',
  },
];

/** The command that runs goals of the project in a folder. What is fetched stays in the cache. */
export function maven(folder: string, ...goals: string[]): string[] {
  return ['mvn', '--batch-mode', `-Dmaven.repo.local=${LOCAL_REPOSITORY}`, '--file', join(folder, 'pom.xml'), ...goals];
}
