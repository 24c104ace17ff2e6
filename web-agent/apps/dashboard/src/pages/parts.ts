import { part } from '../app/part';

// What an agent does not need to see the first page is not in its script.
export const SessionPage = part(() => import('./session').then((it) => it.SessionPage));
export const RecordPage = part(() => import('./record/record').then((it) => it.RecordPage));
export const RulesPage = part(() => import('./rules/rules').then((it) => it.RulesPage));
