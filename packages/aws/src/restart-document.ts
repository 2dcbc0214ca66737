/**
 * The SSM document that restarts a node's inference server, and can do nothing else: the right to send it is not the
 * right to run a command. `command` restarts the server and returns once it was started anew.
 *
 * SSM knows no idempotency token, so the node keeps the tokens itself: making a directory succeeds once, whoever sends
 * the command again. Where the restart fails the token is given back.
 */
export function restartDocument(command: string) {
  return {
    schemaVersion: '2.2',
    description: 'Restarts the inference server, once for a token.',
    parameters: {
      token: { type: 'String', allowedPattern: '^[A-Za-z0-9._-]{1,128}$' },
      state: { type: 'String', default: '/run/evac', allowedPattern: '^/[A-Za-z0-9._/-]*$' },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'restart',
        inputs: {
          timeoutSeconds: '60',
          runCommand: [
            'mkdir -p "{{ state }}" || exit 1',
            'mkdir "{{ state }}/{{ token }}" 2>/dev/null || { echo "restarted before for this token"; exit 0; }',
            `( ${command} ) || { rmdir "{{ state }}/{{ token }}"; exit 1; }`,
          ],
        },
      },
    ],
  };
}
