export * from './annotation-log';
export * from './api';
export type * from './generated/types';
export * from './realtime';
export * from './session-client';
export type * from './state';
