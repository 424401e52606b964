/**
 * The house: imports point downwards only (docs/architecture.md).
 * cli, dashboard, worker -> client, workflows, activities -> the rooms -> domain, config.
 */
const rooms = ['broker', 'http', 'market-data', 'features', 'language-model', 'learning', 'news', 'storage'];
const roomPattern = `^src/(${rooms.join('|')})/`;

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'Decisions are pure functions: domain/ imports nothing of ours but domain/, and no I/O.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^src/(?!domain/)|^(node:)?(fs|net|http|https|child_process|worker_threads|dgram|tls|os|process)$' },
    },
    {
      name: 'config-below-rooms',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^src/(?!config/|domain/)' },
    },
    {
      name: 'rooms-point-down',
      comment: 'A room imports domain, config and lower rooms; never activities, workflows, client, cli or worker.',
      severity: 'error',
      from: { path: roomPattern },
      to: { path: '^src/(activities|workflows|client|cli|dashboard|worker)' },
    },
    {
      name: 'http-below-providers',
      comment: 'The HTTP room serves the rooms that ask providers; it knows none of them.',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/(?!http/|storage/|config/|domain/)' },
    },
    {
      name: 'paper-gateway-stands-alone',
      comment:
        'The gateway is a broker: it may know the domain (instruments, calendar) and the recorded data, nothing else.',
      severity: 'error',
      from: { path: '^src/paper-gateway/' },
      to: { path: '^src/(?!paper-gateway/|domain/|market-data/|config/)' },
    },
    {
      name: 'nobody-imports-the-gateway',
      comment:
        'Only its own command line starts the gateway; the trading path reaches it over TCP. A back-test borrows its matching.',
      severity: 'error',
      from: { path: '^src/(?!paper-gateway/|backtest/)' },
      to: { path: '^src/paper-gateway/' },
    },
    {
      name: 'backtest-beside-activities',
      comment:
        'A back-test runs the decision code of the activities in process: nothing below it knows it, it knows no workflow.',
      severity: 'error',
      from: { path: '^src/backtest/' },
      to: { path: '^src/(workflows|client|cli|dashboard|worker)' },
    },
    {
      name: 'backtest-is-called-by-cli',
      severity: 'error',
      from: { path: '^src/(?!backtest/|cli/|activities/)' },
      to: { path: '^src/backtest/' },
    },
    {
      name: 'workflows-import-types-from-activities',
      comment: 'A value import would pull activity code into the workflow bundle.',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: {
        path: '^src/(activities|broker|market-data|features|learning|news|storage|client|cli|worker)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'rooms-are-called-by-activities',
      comment: 'Client code starts and queries workflows; it does not reach into rooms except their types.',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: roomPattern, dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test|bench)/' },
  },
};
