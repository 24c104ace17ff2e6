export * from './colors';
export * from './geometry';
export * from './overlay';
export * from './tools';
