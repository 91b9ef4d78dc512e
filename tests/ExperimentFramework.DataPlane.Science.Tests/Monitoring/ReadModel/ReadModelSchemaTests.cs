using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using NJsonSchema;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>The JSON of the read model, its schemas and its page.</summary>
public sealed class ReadModelSchemaTests
{
    /// <summary>Set to 1, the files are written anew; never for a version that has been released.</summary>
    private const string WriteVariable = "DATAPLANE_WRITE_SCHEMAS";

    private const string Hostile = "<script>alert('1')</script>\"&\u2028\ud800";

    private static readonly string Docs = Path.GetFullPath(Path.Combine(
        typeof(ReadModelSchemaTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "ProjectDirectory").Value!, "../../docs"));

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<Type, string> Shapes => new()
    {
        { typeof(ExperimentOverview), "overview" },
        { typeof(ExperimentDetail), "detail" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_schema_in_the_docs_is_that_of_the_type(Type type, string name)
    {
        var schema = Schema(type, name);
        var path = PathOf(name);
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, schema);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == schema, $"The type and docs/schemas/read-model/{name}-1.0.0.schema.json differ: raise SchemaVersion, or write the schema with {WriteVariable}=1 before it is released.");
    }

    [Theory]
    [InlineData("checkout-pricing")]
    [InlineData(Hostile)]
    public async Task What_is_written_is_valid_under_the_schemas(string name)
    {
        var model = new MonitorReadModel(Filled(name), ProcessSource.Of(new HostedExperimentMonitorOptions()));

        await AssertValidAsync("overview", ReadModelJson.Serialize(await model.GetExperimentsAsync(Cancellation)));
        await AssertValidAsync("detail", ReadModelJson.Serialize((await model.GetExperimentAsync(name, Cancellation))!));
    }

    [Fact]
    public async Task Text_of_users_is_escaped_and_read_back_as_it_was()
    {
        var model = new MonitorReadModel(Filled(Hostile), ReadModelSource.OfFiles("events"));

        var json = ReadModelJson.Serialize(await model.GetExperimentsAsync(Cancellation));

        Assert.DoesNotContain("<script", System.Text.Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        Assert.Equal(Hostile.Replace('\ud800', '\ufffd'), JsonNode.Parse(json)!["experiments"]![0]!["name"]!.GetValue<string>());
    }

    [Fact]
    public void The_page_describes_every_field()
    {
        var page = File.ReadAllText(Path.Combine(Docs, "reference/read-model.md"));
        var missing = Shapes.SelectMany(static shape => Fields(JsonNode.Parse(Schema(shape.Data.Item1, shape.Data.Item2)))).Distinct().Where(field => !page.Contains($"`{field}`", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IEnumerable<string> Fields(JsonNode? node)
    {
        if (node is JsonObject schema)
        {
            if (schema["properties"] is JsonObject properties)
            {
                foreach (var (name, _) in properties)
                {
                    yield return name;
                }
            }

            foreach (var field in schema.SelectMany(static entry => Fields(entry.Value)))
            {
                yield return field;
            }
        }
    }

    private static string PathOf(string name) => Path.Combine(Docs, "schemas/read-model", name + "-1.0.0.schema.json");

    private static async Task AssertValidAsync(string name, byte[] json)
    {
        var schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(PathOf(name), Cancellation), Cancellation);
        Assert.Empty(schema.Validate(System.Text.Encoding.UTF8.GetString(json)));
    }

    private static ExperimentMonitor Filled(string experiment)
    {
        var monitor = new ExperimentMonitor(new ExperimentMonitorOptions { SegmentAttributes = { "country" } });
        var stream = new MonitoredStream(monitor);
        stream.Observe(new AnalysisSignalEvent
        {
            ExperimentName = experiment,
            Timestamp = MonitoredStream.Start,
            SignalType = AnalysisSignalType.AllocationDeclared,
            Severity = SignalSeverity.Info,
            Message = "Declared.",
            Data = new Dictionary<string, object?> { ["allocationVersion"] = "v1", ["weight:" + experiment] = 1.0, ["weight:b"] = 1.0 },
        });
        for (var subject = 0; subject < 2_000; subject++)
        {
            stream.Now = MonitoredStream.Start.AddSeconds(subject);
            stream.Expose(subject % 100 == 0 ? null : "s" + subject, subject % 3 == 0 ? experiment : "b", subject % 50 == 0 ? "v2" : "v1", exposure => exposure with
            {
                ExperimentName = experiment,
                VariantBuild = new Guid(subject % 3, 0, 0, new byte[8]),
                TenantId = experiment,
                Attributes = new Dictionary<string, object?> { ["country"] = experiment },
            });
        }

        stream.Observe(MonitoredStream.Account("0a1b2c3d4e5"));
        stream.Evaluate();
        return monitor;
    }

    private static string Schema(Type type, string name)
    {
        var schema = JsonSchemaExporter.GetJsonSchemaAsNode(ReadModelJsonContext.Default.Options, type, new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = static (context, node) => context.TypeInfo.Type switch
            {
                var number when number == typeof(double) => Of("number"),
                var number when number == typeof(double?) => new JsonObject { ["type"] = new JsonArray("number", "null") },
                var duration when duration == typeof(TimeSpan) => Of("number"),
                var time when time == typeof(DateTimeOffset) || time == typeof(DateTimeOffset?) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
                var envelope when envelope == typeof(DataPlaneEnvelope) => Of("object"),
                var signals when signals == typeof(IReadOnlyList<AnalysisSignalEvent>) => new JsonObject { ["type"] = "array", ["items"] = Of("object") },
                _ when context.TypeInfo.Kind == JsonTypeInfoKind.Object && node is JsonObject written => WithRequired(written, context.TypeInfo),
                _ => node,
            },
        });
        var document = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = $"urn:experimentframework:dataplane:read-model:{name}:1.0.0",
        };
        foreach (var (key, value) in schema.AsObject())
        {
            document[key] = value?.DeepClone();
        }

        return document.ToJsonString(Indented) + "\n";

        // Null is absent, so what may be null is not required.
        static JsonObject WithRequired(JsonObject node, JsonTypeInfo type)
        {
            node["required"] = new JsonArray(
                [.. type.Properties.Where(static property => !property.IsGetNullable && Nullable.GetUnderlyingType(property.PropertyType) is null).Select(static property => JsonValue.Create(property.Name))]);
            return node;
        }

        static JsonObject Of(string type) => new() { ["type"] = type };
    }
}
