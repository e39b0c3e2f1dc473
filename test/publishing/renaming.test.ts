import { validRenaming } from '../../publishing/rename/renaming';

const REPOSITORY = 'https://git.example.com/acme/resilience.git';
const rename = (asked: object) => validRenaming({ name: '@acme/resilience', repository: REPOSITORY, ...asked }, 'cdk-resilience');
const errorOf = (asked: object) => { try { return String(rename(asked)); } catch (error) { return (error as Error).message; } };

test.each([
  [{}],
  [{ version: '0.1.0' }],
  [{ version: '1.0.0-rc.1+build.5' }],
  [{ registry: 'http://127.0.0.1:4873/' }],
  [{ name: '@acme/cdk-resilience' }],
  [{ repository: 'ssh://git@git.example.com/acme/resilience.git' }],
])('%j is taken', asked => {
  expect(rename(asked)).toMatchObject(asked);
});

test.each([
  [{ name: undefined }, "'--name' must be a name that npm takes, got: nothing; pass one in lower case, such as @acme/resilience"],
  [{ name: '@Acme/resilience' }, "'--name' must be a name that npm takes, got: '@Acme/resilience'; pass one in lower case, such as @acme/resilience"],
  [{ name: '@acme/' }, "'--name' must be a name that npm takes, got: '@acme/'; pass one in lower case, such as @acme/resilience"],
  [{ name: 'a b' }, "'--name' must be a name that npm takes, got: 'a b'; pass one in lower case, such as @acme/resilience"],
  [{ name: '../x' }, "'--name' must be a name that npm takes, got: '../x'; pass one in lower case, such as @acme/resilience"],
  [{ name: 'a'.repeat(215) }, "'--name' must have 214 characters at most, got: 215; shorten it"],
  [{ name: 'cdk-resilience' }, "'--name' must be another than the library's own, got: 'cdk-resilience'; add a scope, such as @acme/cdk-resilience"],
  [{ name: '@cdk/resilience' }, "'--name' must be another than the library's own, got: '@cdk/resilience'; add a scope, such as @acme/cdk-resilience"],
  [{ name: '3m-resilience' }, "'--name' must begin with a letter, got: '3m-resilience'; it becomes a name in languages that know no other"],
  [{ repository: undefined }, "'--repository' must be the URL of a repository, got: nothing; pass one such as https://git.example.com/acme/resilience.git"],
  [{ repository: 'acme/resilience' }, "'--repository' must be the URL of a repository, got: 'acme/resilience'; pass one such as https://git.example.com/acme/resilience.git"],
  [{ repository: 'file:///srv/git' }, "'--repository' must be the URL of a repository, got: 'file:///srv/git'; pass one such as https://git.example.com/acme/resilience.git"],
  [{ version: 'v1' }, "'--version' must be a semantic version, got: 'v1'; pass one such as 0.1.0, or leave it out for the version that the library has"],
  [{ version: '1.2' }, "'--version' must be a semantic version, got: '1.2'; pass one such as 0.1.0, or leave it out for the version that the library has"],
  [{ registry: 'npm.example.com' }, "'--registry' must be the URL of a registry, got: 'npm.example.com'; pass one such as https://npm.example.com/, or leave it out"],
])('%j is refused', (asked, problem) => {
  expect(errorOf(asked)).toBe(`the library can not be renamed:\n  - ${problem}`);
});

test('all that is wrong is told at once', () => {
  expect(errorOf({ name: 'X', repository: 'y', version: 'z', registry: '' }).split('\n')).toHaveLength(5);
});
