// What the command uses of other packages. The build makes a file of its own of them: bundled CommonJS
// needs helpers that the library's files do without.
export { SingleBar } from "cli-progress";
export { Command, CommanderError, InvalidArgumentError, Option } from "commander";
