import { describe, expect, it } from 'vitest';
import { capital, sentences } from './sentences.js';

describe('sentences for people', () => {
  it('have one full stop between them and none at the end', () => {
    expect(sentences('must be a port', 'one of 1, 2')).toBe('must be a port. One of 1, 2');
    expect(sentences('There is no node `a`.', 'Did you mean `b`?')).toBe(
      'There is no node `a`. Did you mean `b`?',
    );
    expect(sentences('Bad indent at line 3:', '')).toBe('Bad indent at line 3');
    expect(sentences('not of the form x=...', 'send SDP')).toBe('not of the form x=... Send SDP');
    expect(sentences('Did you mean `b`?', 'or not')).toBe('Did you mean `b`? Or not');
    expect(sentences('alone', undefined)).toBe('alone');
  });

  it('begin with a capital, but names are left alone', () => {
    expect(capital('there is none')).toBe('There is none');
    expect(capital('a=mid is missing')).toBe('a=mid is missing');
    expect(capital('m-line 0: no ufrag')).toBe('m-line 0: no ufrag');
  });
});
