/** Why nothing can be started, as one line that says what to do. */
export class CannotStart extends Error {}

// npm's and Node's codes, TLS's, HTTP's through both package managers, and what pnpm's own HTTP client says.
const registryFailures =
  /\b(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|E(?:HOST|NET)UNREACH|ERR_SOCKET_TIMEOUT|UNABLE_TO_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+|CERT_\w+|E40[1347]|E429|E5\d\d|ERR_PNPM_FETCH_\d+|error sending request)\b/

/** The word with which a package manager says that the registry did not give it what it asked for. */
export const registryFailure = (output) => registryFailures.exec(output)?.[1]

/** The first line of the output that names an error: a package manager says the cause first, and then much else. */
export const firstErrorLine = (output) =>
  output
    .split('\n')
    .map((line) => line.trim())
    .find((line) => /\bERR|error/i.test(line)) ?? 'it gave no reason.'

/** A line for what the file system refused. */
export const explain = (error, root) => {
  const unwritable = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOENT']
  if (unwritable.includes(error.code))
    return `cannot write to ${error.path ?? root} (${error.code}): use a checkout that this user may write to, with .toolchain absent or a folder.`
  if (error.code === 'ENOSPC') return `the disk that holds ${root} is full: the tools and packages take about 1 GB.`
  return `${error.message}.`
}
