import { namesOf, targetsOf } from '../../publishing/rename/names';

test.each([
  ['@acme/resilience', ['@acme/resilience', 'acme-resilience', 'acme_resilience', 'acmeresilience', 'AcmeResilience']],
  ['resilient-patterns', ['resilient-patterns', 'resilient-patterns', 'resilient_patterns', 'resilientpatterns', 'ResilientPatterns']],
  ['@acme.cloud/x_y', ['@acme.cloud/x_y', 'acme-cloud-x-y', 'acme_cloud_x_y', 'acmecloudxy', 'AcmeCloudXY']],
])('%s in all its shapes', (npm, shapes) => {
  expect(Object.values(namesOf(npm))).toEqual(shapes);
});

test('the names in other languages follow from the name and from where the source is', () => {
  expect(targetsOf(namesOf('@acme/resilience'), 'https://git.my-company.example.com/acme/resilience.git')).toEqual({
    python: { distName: 'acme-resilience', module: 'acme_resilience' },
    java: { package: 'com.example.my_company.git.acmeresilience', maven: { groupId: 'com.example.my_company.git', artifactId: 'acme-resilience' } },
    go: { moduleName: 'git.my-company.example.com/acme/resilience-go', packageName: 'acmeresilience' },
    dotnet: { namespace: 'AcmeResilience', packageId: 'AcmeResilience' },
  });
});
