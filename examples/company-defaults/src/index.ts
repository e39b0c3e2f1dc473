export { AcmeBackups, type AcmeBackupsProps, type AcmeTier } from './acme-backups';
// What teams need beside it: they depend on this package alone, and get the library in the version that it was tested with.
export { BackupCoverage } from 'cdk-resilience';
