/** What is the same in Node and in a page. */
export { type BuildOptions, buildPackage } from './build.js';
export { PackageError, type PackageErrorCode } from './errors.js';
export { PACKAGE_LIMITS, type PackageLimits } from './limits.js';
export type { LoadOptions } from './loader.js';
export type { GivenMetadata, PackageMetadata } from './metadata.js';
export type { PackageOptions } from './open.js';
export { type LoadedPackage, readPackage } from './read.js';
export type { ExecutionMetrics, ExecutionResult } from './runner.js';
