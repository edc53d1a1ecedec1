// A report is there to be passed on: it does not tell how the folders of one's disk are called.
import { basename, isAbsolute } from "node:path";

/** The source of the data, as the head of a page names it. */
export function sourceName(source: string): string {
  if (source.startsWith("the ")) return `T${source.slice(1)}`;
  return withoutFolders(source);
}

/** An argument of the command line: of a path outside the folder that one works in, the name. */
export function sharedArgument(argument: string): string {
  const [, option = "", value] = /^(--[\w-]+=)?(.*)$/s.exec(argument) as RegExpExecArray;
  return option + withoutFolders(value);
}

function withoutFolders(path: string): string {
  const away = isAbsolute(path) || /^(~|\.\.)[/\\]|^[A-Za-z]:[/\\]/.test(path);
  return away ? basename(path.replaceAll("\\", "/")) : path;
}
