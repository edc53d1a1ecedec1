/** Processor time of this process so far, all of its threads: what others do does not count. */
export function processorMilliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
