import { asyncApiDocument, envelopeSchema } from './asyncapi.js';
import { allRoutes } from './http/all-routes.js';
import { openApiDocument } from './openapi.js';
import { deadLettersOf, services, topics, type Topic } from './topics.js';

/** What is generated from the contracts and committed for outsiders, by file name below `generated/`. */
export function generatedDocuments(): Readonly<Record<string, unknown>> {
  const allTopics: readonly Topic[] = [...Object.values(topics), ...services.map(deadLettersOf)];
  const facts = new Map(allTopics.flatMap((topic) => topic.facts).map((fact) => [fact.type, fact]));
  const schemas = [...facts.values()].map((fact) => [`schemas/${fact.type}.json`, envelopeSchema(fact)]);
  return {
    'openapi.json': openApiDocument(allRoutes),
    'asyncapi.yaml': asyncApiDocument(allTopics),
    ...(Object.fromEntries(schemas) as Record<string, unknown>),
  };
}
