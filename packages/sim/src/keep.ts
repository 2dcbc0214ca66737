/**
 * Freezes plain JSON all the way down and returns it: what a store keeps can be handed to everybody, since nobody can
 * change it. Cheaper than copies where most of what is written was read before: what is frozen already is left alone.
 */
export function keep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    if (Array.isArray(value)) value.forEach(keep);
    else for (const name in value) keep(value[name]);
  }
  return value;
}
