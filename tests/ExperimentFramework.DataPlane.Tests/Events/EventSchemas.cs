using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>
/// The JSON Schemas of the events, made of the types and their documentation. They keep to keywords that drafts 4 to 2020-12 share, so
/// that a validator of any of them checks all of it; <c>enum</c> with one value stands for <c>const</c>.
/// </summary>
internal static class EventSchemas
{
    public const string EnvelopeVersion = "1.0.0";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The schemas by file name, as <c>docs/schemas</c> has to hold them.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = Types.ToDictionary(
        type => $"{type.Name}-{type.Version}.schema.json",
        type => Schema(type).ToJsonString(Indented) + "\n");

    /// <summary>The events and the envelope, with the version that they write.</summary>
    public static IEnumerable<(string Name, Type Type, string Version)> Types =>
    [
        ("envelope", typeof(DataPlaneEnvelope), EnvelopeVersion),
        .. SampleEvents.All.Select(sample => (KebabCase(sample.EventType.ToString()), sample.GetType(), sample.SchemaVersion)),
    ];

    /// <summary>The page with every field, as <c>docs/reference/events.md</c> has to be.</summary>
    public static string Page { get; } = "# Events, field by field\n\nMade of the types, as the [schemas](../schemas/README.md) are; JSON names.\n"
        + string.Concat(Types.Select(type => $"\n## {type.Type.Name} {type.Version}\n\n{EventDocs.Meaning(type.Type)}\n\n"
            + "| field | type | always there | meaning | example |\n| --- | --- | --- | --- | --- |\n"
            + string.Concat(Properties(type.Type).Select(property => Row(property, type.Type)))
            + string.Concat(Properties(type.Type).Where(property => RowType(property.PropertyType) is not null).Select(Rows))));

    /// <summary>A type's name as a file has it.</summary>
    public static string KebabCase(string name) =>
        string.Concat(name.Select((letter, index) => char.IsUpper(letter) ? (index > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));

    private static JsonObject Schema((string Name, Type Type, string Version) type)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var property in Properties(type.Type))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var schema = new JsonObject { ["description"] = EventDocs.Meaning(property) };
            foreach (var (keyword, value) in ValueSchema(property, type.Type).ToList())
            {
                schema[keyword] = value?.DeepClone();
            }

            schema["examples"] = new JsonArray(Example(property));
            properties[name] = schema;
            if (IsRequired(property))
            {
                required.Add(name);
            }

            if (IsAttributes(property))
            {
                properties[TypesName(name)] = TypesSchema(name);
            }
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = $"urn:experimentframework:dataplane:{type.Name}:{type.Version}",
            ["title"] = type.Type.Name,
            ["description"] = EventDocs.Meaning(type.Type),
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = required,
        };
    }

    /// <summary>Those of all events first, as JSON has them.</summary>
    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties()
        .Where(property => property.Name != nameof(DataPlaneEvent.UnknownValues))
        .OrderBy(property => IsCommon(property) ? 0 : 1);

    private static bool IsCommon(PropertyInfo property) =>
        property.DeclaringType == typeof(DataPlaneEvent) || (property.Name == nameof(DataPlaneEvent.EventType) && property.DeclaringType != typeof(DataPlaneEnvelope));

    private static bool IsRequired(PropertyInfo property) => property.PropertyType.IsValueType
        ? Nullable.GetUnderlyingType(property.PropertyType) is null
        : Nullability.Create(property).ReadState == NullabilityState.NotNull;

    private static bool IsAttributes(PropertyInfo property) => property.PropertyType == typeof(IReadOnlyDictionary<string, object?>);

    private static string TypesName(string name) => name == "attributes" ? "attributeTypes" : name + "Types";

    private static JsonNode? Example(PropertyInfo property)
    {
        var example = EventDocs.Example(property);
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(string) || type == typeof(Guid) || type == typeof(DateTimeOffset) || type.IsEnum ? example : JsonNode.Parse(example);
    }

    private static JsonObject ValueSchema(PropertyInfo property, Type owner)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return (type, property.Name) switch
        {
            (_, nameof(DataPlaneEvent.SchemaVersion)) => new() { ["type"] = "string", ["pattern"] = @"^1\.[0-9]+\.[0-9]+$" },
            (_, nameof(DataPlaneEvent.EventType)) when type == typeof(string) => new() { ["type"] = "string" },
            (_, nameof(DataPlaneEvent.EventType)) when owner != typeof(DataPlaneEnvelope) =>
                new() { ["type"] = "string", ["enum"] = new JsonArray(owner.Name[..^"Event".Length]) },
            (_, nameof(ExposureEvent.SamplingRate)) => new() { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 1 },
            _ when type == typeof(string) => new() { ["type"] = "string" },
            (_, nameof(AccountingEvent.ProducerId) or nameof(AccountedDrops.OriginalProducerId)) => new() { ["type"] = "string", ["pattern"] = "^[0-9a-f]{11}$" },
            _ when type == typeof(long) => new() { ["type"] = "integer", ["minimum"] = 0 },
            _ when RowType(type) is { } row => new() { ["type"] = "array", ["items"] = RowSchema(row) },
            _ when type == typeof(bool) => new() { ["type"] = "boolean" },
            _ when type == typeof(Guid) => new() { ["type"] = "string", ["format"] = "uuid" },
            _ when type == typeof(DateTimeOffset) => new() { ["type"] = "string", ["format"] = "date-time", ["pattern"] = @"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{7}Z$" },
            _ when type == typeof(TimeSpan) => new() { ["type"] = "number", ["minimum"] = 0 },
            _ when type == typeof(double) => new()
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "number" }, new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("NaN", "Infinity", "-Infinity") }),
            },
            _ when type.IsEnum => new() { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => (JsonNode)name)]) },
            _ when type == typeof(DataPlaneEvent) => PayloadSchema(),
            _ when IsAttributes(property) => AttributesSchema(),
            _ when type == typeof(IReadOnlyDictionary<string, string>) => new() { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } },
            _ => throw new NotSupportedException($"{property.DeclaringType!.Name}.{property.Name} is {type}: say here how JSON has it."),
        };
    }

    /// <summary>The event has a schema of its own, by its type and version.</summary>
    private static JsonObject PayloadSchema() => new() { ["type"] = "object", ["required"] = new JsonArray("eventType", "schemaVersion", "experimentName", "timestamp") };

    /// <summary>The type of the rows of a list; null if it is none.</summary>
    private static Type? RowType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static JsonObject RowSchema(Type row)
    {
        var properties = new JsonObject();
        foreach (var property in row.GetProperties())
        {
            var schema = new JsonObject { ["description"] = EventDocs.Meaning(property) };
            foreach (var (keyword, value) in ValueSchema(property, row).ToList())
            {
                schema[keyword] = value?.DeepClone();
            }

            schema["examples"] = new JsonArray(Example(property));
            properties[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] = schema;
        }

        return new JsonObject
        {
            ["description"] = EventDocs.Meaning(row),
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. row.GetProperties().Where(IsRequired).Select(property => (JsonNode)JsonNamingPolicy.CamelCase.ConvertName(property.Name))]),
        };
    }

    private static JsonObject AttributesSchema()
    {
        static JsonArray Scalar() => ["string", "number", "boolean", "null"];
        return new()
        {
            ["type"] = "object",
            ["additionalProperties"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    new JsonObject { ["type"] = Scalar() },
                    new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = Scalar() } },
                    new JsonObject { ["type"] = "object" }),
            },
        };
    }

    private static JsonObject TypesSchema(string name) => new()
    {
        ["description"] = $"The types of those {name} whose JSON does not say it; of a nested object, its own.",
        ["type"] = "object",
        ["additionalProperties"] = new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. AttributesJson.TypeNames.Select(type => (JsonNode)type)]) },
                new JsonObject { ["type"] = "object" }),
        },
        ["examples"] = new JsonArray(new JsonObject { ["amount"] = "decimal" }),
    };

    /// <summary>The fields of the rows of a list.</summary>
    private static string Rows(PropertyInfo property)
    {
        var row = RowType(property.PropertyType)!;
        return $"\n`{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}`: {EventDocs.Meaning(row)}\n\n"
            + "| field | type | always there | meaning | example |\n| --- | --- | --- | --- | --- |\n"
            + string.Concat(row.GetProperties().Select(field => Row(field, row)));
    }

    private static string Row(PropertyInfo property, Type owner)
    {
        var schema = ValueSchema(property, owner);
        var type = schema["enum"] is JsonArray names && names.Count > 1 ? string.Join(", ", names.Select(name => $"`{name}`"))
            : schema["format"]?.ToString() ?? schema["type"]?.ToString() ?? "number";
        return $"| `{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}` | {type} | {(IsRequired(property) ? "yes" : "")} | {EventDocs.Meaning(property)} | `{EventDocs.Example(property)}` |\n";
    }
}
