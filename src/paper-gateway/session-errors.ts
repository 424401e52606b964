/** What a session tells its client about requests that it can't take, with IB's codes and wording. */
import type { MessageError } from './fields';
import type { ServerMessage } from './messages';

type ErrorMessage = Extract<ServerMessage, { type: 'error' }>;

/** The id of an error that belongs to no request. */
export const NO_ID = -1;
const ERROR_READING_REQUEST = 320;
const ERROR_VALIDATING_REQUEST = 321;
const CLIENT_ID_IN_USE = 326;

export const clientIdInUse: ErrorMessage = {
  type: 'error',
  id: NO_ID,
  code: CLIENT_ID_IN_USE,
  message: 'Unable to connect as the client id is already in use. Retry with a unique client id.',
};

/** The request's bytes or its processing failed. */
export const unreadable = (id: number, reason: string): ErrorMessage => ({
  type: 'error',
  id,
  code: ERROR_READING_REQUEST,
  message: `Error reading request.-${reason}`,
});

/** The request was understood and is not acceptable now or here. */
export const unacceptable = (id: number, reason: string): ErrorMessage => ({
  type: 'error',
  id,
  code: ERROR_VALIDATING_REQUEST,
  message: `Error validating request.-${reason}`,
});

export const undecodable = (error: MessageError): ErrorMessage =>
  (error.code === 'NOT_OFFERED' ? unacceptable : unreadable)(error.requestId, error.message);
