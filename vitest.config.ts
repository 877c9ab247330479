import { defineConfig } from 'vitest/config';

/** Workspace packages resolve to their TypeScript sources, so that tests need no build. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['*/src/**/*.test.ts', 'web-client/demo/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 20_000,
    server: { deps: { inline: [/@remotemedia\//] } },
  },
});
