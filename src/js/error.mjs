/** Every error that this package throws on purpose; see index.d.ts. */
export class HuashuError extends Error {
  constructor({ code = "failed", file = null, line = null, column = null, message, ...rest }, problems) {
    super(message, rest.cause && { cause: rest.cause });
    this.name = "HuashuError";
    this.code = code;
    this.file = file;
    this.line = line;
    this.column = column;
    this.problems = problems ?? [{ code, file, line, column, message }];
  }
}
