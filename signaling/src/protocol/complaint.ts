/** What is wrong with a document (manifest, configuration, request), one entry per mistake. */
import { type Static, Type } from 'typebox';

export const Complaint = Type.Object({
  path: Type.String({ description: 'Where, as a path into the document: `nodes[1].params.gain_db`' }),
  code: Type.String({ description: 'Stable code, snake_case' }),
  message: Type.String({ description: 'What is wrong' }),
  hint: Type.String({ description: 'What to do about it; may be empty' }),
  line: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Where the document is a text of several lines' }),
  ),
  column: Type.Optional(Type.Integer({ minimum: 1, description: 'In characters' })),
});
export type Complaint = Static<typeof Complaint>;
