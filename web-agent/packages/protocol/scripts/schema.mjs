// Turns the protocol's JSON Schema into the two shapes that the generators need.

/**
 * Enumerations and tagged unions that a newer server may extend (`#[serde(other)] Unknown` in
 * Rust). A value that this version does not know becomes `unknown` instead of making its whole
 * message invalid.
 */
const OPEN = new Set([
  'AnchorReason',
  'AnnotationOp',
  'ConsentScope',
  'ErrorCode',
  'FilmCodec',
  'Role',
  'Saving',
  'ServerMessage',
  'SessionPhase',
  'Shape',
  'SurfaceKind',
]);

/** Largest values of Rust's unsigned integers. */
const MAXIMA = { uint8: 0xff, uint16: 0xffff, uint32: 0xffff_ffff };

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The strings of an enumeration that is written as `oneOf` constants, else null. */
function constants(schema) {
  const branches = schema.oneOf;
  if (!Array.isArray(branches) || !branches.every((branch) => typeof branch.const === 'string')) {
    return null;
  }
  return branches.map((branch) => branch.const);
}

/** The tags of a union whose branches have a constant `type`, else null. */
function tags(schema) {
  const branches = schema.oneOf;
  if (!Array.isArray(branches)) return null;
  const found = branches.map((branch) => branch.properties?.type?.const);
  return found.every((tag) => typeof tag === 'string') ? found : null;
}

/** A `$ref` with properties beside it (a newtype variant with a tag) as an intersection. */
function splitRef(schema) {
  const { $ref, ...rest } = schema;
  if ($ref === undefined) return schema;
  if (Object.keys(rest).every((key) => key === 'description')) {
    return rest.description === undefined ? { $ref } : { allOf: [{ $ref }], ...rest };
  }
  const { description, ...own } = rest;
  return { ...(description === undefined ? {} : { description }), allOf: [{ $ref }, own] };
}

/** The same with the properties on the outside, where a discriminator looks for the tag. */
function withRefInside(schema) {
  const { $ref, ...rest } = schema;
  return $ref === undefined ? schema : { ...rest, allOf: [{ $ref }] };
}

function walk(schema, visit) {
  if (Array.isArray(schema)) return schema.map((entry) => walk(entry, visit));
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([key, value]) => {
    if (key === 'properties' || key === '$defs') {
      const named = Object.entries(value).map(([name, entry]) => [name, walk(entry, visit)]);
      return [key, Object.fromEntries(named)];
    }
    return [key, walk(value, visit)];
  });
  return visit(Object.fromEntries(entries));
}

/** Definitions for json-schema-to-typescript. */
export function forTypes(document) {
  const definitions = {};
  for (const [name, definition] of Object.entries(document.$defs)) {
    const open = OPEN.has(name);
    const strings = constants(definition);
    let schema = definition;
    if (strings !== null) {
      const docs = definition.oneOf.map((branch) => `- \`${branch.const}\`: ${branch.description}`);
      schema = {
        description: [definition.description, ...docs].join('\n'),
        type: 'string',
        enum: open ? [...strings, 'unknown'] : strings,
      };
    } else if (open) {
      const unknown = {
        type: 'object',
        description: 'Of a newer protocol.',
        properties: { type: { const: 'unknown' } },
        required: ['type'],
      };
      schema = { ...definition, oneOf: [...definition.oneOf, unknown] };
    }
    const id = /^\^([a-z]{3}_)\[/.exec(definition.pattern ?? '')?.[1];
    if (id !== undefined) schema = { ...schema, tsType: `\`${id}\${string}\`` };
    definitions[name] = walk(schema, (entry) => {
      const { minItems, maxItems, format: _, ...rest } = splitRef(entry);
      return minItems === maxItems && minItems !== undefined
        ? { ...rest, minItems, maxItems }
        : rest;
    });
  }
  return definitions;
}

/**
 * Definitions for the validators of what comes in. Lengths of texts are left to the server, which
 * has checked them; counting characters as it does would cost the pages a library.
 */
export function forValidators(document) {
  const definitions = {};
  for (const [name, definition] of Object.entries(document.$defs)) {
    const open = OPEN.has(name);
    const strings = constants(definition);
    const known = tags(definition);
    let schema = definition;
    if (strings !== null) {
      schema = open ? { type: 'string', openEnum: strings } : { type: 'string', enum: strings };
    } else if (known !== null) {
      // Choosing the branch by its tag makes for smaller code than trying one after the other.
      const union = {
        type: 'object',
        discriminator: { propertyName: 'type' },
        required: ['type'],
        oneOf: definition.oneOf.map(withRefInside),
      };
      const isKnown = { type: 'object', properties: { type: { enum: known } } };
      const unknown = {
        type: 'object',
        properties: { type: { type: 'string', openEnum: known } },
        required: ['type'],
      };
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema has a keyword of this name.
      schema = open ? { if: isKnown, then: union, else: unknown } : union;
    }
    definitions[name] = walk(schema, (entry) => {
      const { description: _, format, minLength: __, maxLength: ___, ...rest } = splitRef(entry);
      const maximum = MAXIMA[format];
      if (maximum !== undefined && rest.maximum === undefined) rest.maximum = maximum;
      return rest.allOf?.length === 1 && Object.keys(rest).length === 1 ? rest.allOf[0] : rest;
    });
  }
  return definitions;
}
