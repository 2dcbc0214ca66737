/** Something the person at the keyboard can put right: shown as its one sentence, without a stack. */
export class UserError extends Error {
  /** 1: the thing asked about is not right. 2: the question was not. */
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}
