export * from './annotation-log';
export * from './api';
export * from './decode';
export { LIMITS, PROTOCOL_VERSION } from './generated/limits';
export type * from './generated/types';
export * from './realtime';
export * from './session-client';
export type * from './state';
