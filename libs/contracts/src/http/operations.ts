import { Type } from '@sinclair/typebox';
import { route } from './route.js';

/** What a platform asks every process. */
export const operationsRoutes = {
  live: route({
    service: 'every',
    method: 'GET',
    path: '/health/live',
    summary: 'The process answers',
    access: 'public',
    response: Type.Object({ status: Type.Literal('live') }),
  }),
  ready: route({
    service: 'every',
    method: 'GET',
    path: '/health/ready',
    summary: 'The process takes work; 503 with the failing checks while it does not',
    access: 'public',
    response: Type.Object({
      status: Type.Union([Type.Literal('ready'), Type.Literal('unready')]),
      checks: Type.Record(Type.String(), Type.String()),
    }),
  }),
  metrics: route({
    service: 'every',
    method: 'GET',
    path: '/metrics',
    summary: 'Measurements in the text format of Prometheus',
    access: 'public',
  }),
  documentation: route({
    service: 'every',
    method: 'GET',
    path: '/docs',
    summary: 'This document: OpenAPI 3.1 of what this process serves',
    access: 'public',
  }),
} as const;
