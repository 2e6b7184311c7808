// Health check of a container: exit code 0 when the process on this port takes work. `node deploy/healthy.mjs 8081`
const [port] = process.argv.slice(2);
try {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(await answer.text());
} catch (error) {
  console.error(`not ready: ${error.message}`);
  process.exitCode = 1;
}
