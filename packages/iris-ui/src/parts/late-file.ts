import { LoadFailed } from './load-failed.ts'

export interface LateFile<File> {
  /** @throws LoadFailed if it does not come */
  bring(): Promise<File>
  /** The file, once it has come. */
  come(): File | undefined
}

/** A file that comes when it is wanted: at the first call of `bring`, which may be made before React is there. */
export function lateFile<File extends object>(load: () => Promise<File>): LateFile<File> {
  let file: File | undefined
  return {
    async bring() {
      file ??= await load().catch((error: unknown) => {
        throw new LoadFailed('a file of the app did not come', { cause: error })
      })
      return file
    },
    come: () => file,
  }
}
