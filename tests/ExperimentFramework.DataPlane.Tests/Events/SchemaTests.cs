using System.Text.Json.Nodes;
using CsCheck;
using ExperimentFramework.DataPlane.Tests.Delivery;
using NJsonSchema;

namespace ExperimentFramework.DataPlane.Tests.Events;

public sealed class SchemaTests
{
    /// <summary>Set to 1, the files are written anew; never for a version that has been released.</summary>
    private const string WriteVariable = "DATAPLANE_WRITE_SCHEMAS";

    private static readonly string Docs = Repository.Docs;

    private static readonly string Frozen = Path.Combine(Repository.Tests, "Events/Frozen");

    public static TheoryData<string> SchemaFiles => [.. EventSchemas.Files.Keys];

    public static TheoryData<string> Kinds => [.. SampleEvents.All.Select(sample => EventSchemas.KebabCase(sample.EventType.ToString()))];

    [Theory]
    [MemberData(nameof(SchemaFiles))]
    public void A_type_and_the_schema_of_its_version_are_the_same(string file)
    {
        var path = Path.Combine(Docs, "schemas", file);
        Write(path, EventSchemas.Files[file]);

        Assert.True(File.Exists(path), $"There is no docs/schemas/{file}: write it with {WriteVariable}=1.");
        Assert.True(
            File.ReadAllText(path) == EventSchemas.Files[file],
            $"The type and docs/schemas/{file} differ: raise the event's SchemaVersion by the rules in docs/schemas/README.md, then write the schema with {WriteVariable}=1.");
    }

    [Fact]
    public void The_page_of_all_fields_is_made_of_the_types()
    {
        var path = Path.Combine(Docs, "reference", "events.md");
        Write(path, EventSchemas.Page);

        Assert.Equal(EventSchemas.Page, File.ReadAllText(path));
    }

    [Fact]
    public void A_released_schema_never_changes()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Frozen, "1.0.0"), "*.schema.json"))
        {
            Assert.Equal(File.ReadAllText(file), File.ReadAllText(Path.Combine(Docs, "schemas", Path.GetFileName(file))));
        }

        Assert.Equal(EventSchemas.Files.Count, Directory.EnumerateFiles(Path.Combine(Frozen, "1.0.0"), "*.schema.json").Count());
    }

    [Fact]
    public async Task Random_events_validate_against_their_schemas()
    {
        var schemas = await ValidatorsAsync();
        RandomEvents.Envelopes.Sample(
            envelope =>
            {
                var json = JsonNode.Parse(DataPlaneJson.Serialize(envelope))!;
                Valid(schemas["envelope"], json);
                Valid(schemas[EventSchemas.KebabCase(envelope.EventType.ToString())], json["payload"]!);
            },
            iter: 10_000);
    }

    [Fact]
    public void Every_field_that_is_written_is_in_the_schema_and_every_field_of_the_schema_is_written()
    {
        foreach (var sample in SampleEvents.All)
        {
            var full = sample is ExposureEvent exposure ? exposure with { Attributes = new Dictionary<string, object?> { ["a"] = 1m } }
                : sample is MetricEvent metric ? metric with { Attributes = new Dictionary<string, object?> { ["a"] = 1m } }
                : sample is ErrorEvent error ? error with { Data = new Dictionary<string, object?> { ["a"] = 1m } }
                : sample is AnalysisSignalEvent signal ? signal with { Data = new Dictionary<string, object?> { ["a"] = 1m } }
                : sample;
            var json = JsonNode.Parse(DataPlaneJson.Serialize(SampleEvents.Envelope(full)))!;

            Assert.Equal(Fields("envelope"), json.AsObject().Select(field => field.Key).Order());
            Assert.Equal(Fields(EventSchemas.KebabCase(sample.EventType.ToString())), json["payload"]!.AsObject().Select(field => field.Key).Order());
        }

        static IEnumerable<string> Fields(string name) =>
            JsonNode.Parse(EventSchemas.Files[$"{name}-1.0.0.schema.json"])!["properties"]!.AsObject().Select(field => field.Key).Order();
    }

    [Theory]
    [InlineData("experimentName", null)]
    [InlineData("eventType", "\"Outcome\"")]
    [InlineData("schemaVersion", "\"2.0.0\"")]
    [InlineData("timestamp", "\"2026-03-01T12:00:00\"")]
    [InlineData("samplingRate", "1.5")]
    [InlineData("isRepeatExposure", "\"yes\"")]
    [InlineData("assignmentPolicy", "\"Sticky\"")]
    [InlineData("variantBuild", "\"x\"")]
    [InlineData("attributes", """{"a":[[1]]}""")]
    [InlineData("attributeTypes", """{"a":"colour"}""")]
    public async Task The_schema_refuses_what_is_wrong(string field, string? value)
    {
        var json = JsonNode.Parse(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure)))!["payload"]!;
        var schema = (await ValidatorsAsync())["exposure"];
        Valid(schema, json);

        if (value is null)
        {
            json.AsObject().Remove(field);
        }
        else
        {
            json[field] = JsonNode.Parse(value);
        }

        Assert.NotEmpty(schema.Validate(json.ToJsonString()));
    }

    [Fact]
    public async Task The_examples_of_a_schema_are_valid_in_their_places()
    {
        foreach (var (name, schema) in await ValidatorsAsync())
        {
            var file = EventSchemas.Files.Single(file => file.Key.StartsWith($"{name}-1.", StringComparison.Ordinal));
            var fields = JsonNode.Parse(file.Value)!["properties"]!.AsObject();
            Valid(schema, new JsonObject(fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Key, field.Value!["examples"]![0]!.DeepClone()))));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_event_of_1_0_0_is_read_and_written_as_it_is_and_is_valid_under_every_1_x(string kind)
    {
        var text = File.ReadAllText(Path.Combine(Frozen, "1.0.0", $"{kind}.json")).Trim();

        Assert.Equal(text, DataPlaneJson.Serialize(DataPlaneJson.Deserialize(text)));
        Valid((await ValidatorsAsync())[kind], JsonNode.Parse(text)!["payload"]!);
        if (Directory.EnumerateFiles(Path.Combine(Frozen, "1.1.0"), $"{kind}-*.schema.json").FirstOrDefault() is { } next)
        {
            Valid(await JsonSchema.FromFileAsync(next), JsonNode.Parse(text)!["payload"]!);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_event_of_a_later_minor_version_is_read_by_this_one(string kind)
    {
        var older = DataPlaneJson.Deserialize(File.ReadAllText(Path.Combine(Frozen, "1.0.0", $"{kind}.json")));
        var text = File.ReadAllText(Path.Combine(Frozen, "1.1.0", $"{kind}.json"));

        var newer = DataPlaneJson.Deserialize(text);

        // But for the version and the names that this one does not know, it is the same event.
        Assert.Equal("1.1.0", newer.SchemaVersion);
        var written = JsonNode.Parse(DataPlaneJson.Serialize(newer))!;
        var source = JsonNode.Parse(text)!;
        foreach (var (name, value) in JsonNode.Parse(DataPlaneJson.Serialize(older))!["payload"]!.AsObject())
        {
            Assert.True(JsonNode.DeepEquals(source["payload"]![name], written["payload"]![name]), $"'{name}' is {written["payload"]![name]}; it was {source["payload"]![name]}.");
            if (name is not ("schemaVersion" or "assignmentPolicy" or "signalType" or "severity" or "outcomeKind" or "result"))
            {
                Assert.True(JsonNode.DeepEquals(value, written["payload"]![name]), $"'{name}' is {written["payload"]![name]}; it was {value}.");
            }
        }

        if (Directory.EnumerateFiles(Path.Combine(Frozen, "1.1.0"), $"{kind}-*.schema.json").FirstOrDefault() is { } schema)
        {
            Valid(await JsonSchema.FromFileAsync(schema), source["payload"]!);
        }
    }

    [Fact]
    public void Versions_of_one_major_keep_the_rules()
    {
        var all = Directory.EnumerateFiles(Path.Combine(Docs, "schemas"), "*.schema.json").Concat(Directory.EnumerateFiles(Path.Combine(Frozen, "1.1.0"), "*.schema.json"))
            .Select(path => (Path: path, Name: Path.GetFileName(path)[..^".schema.json".Length]))
            .Select(file => (file.Path, Kind: file.Name[..file.Name.LastIndexOf('-')], Version: Version.Parse(file.Name[(file.Name.LastIndexOf('-') + 1)..])))
            .GroupBy(file => (file.Kind, file.Version.Major))
            .ToList();
        var pairs = all.SelectMany(versions => versions.OrderBy(file => file.Version).Zip(versions.OrderBy(file => file.Version).Skip(1))).ToList();

        Assert.NotEmpty(pairs);
        Assert.All(pairs, pair => Assert.Empty(SchemaEvolution.Faults(JsonNode.Parse(File.ReadAllText(pair.First.Path))!, JsonNode.Parse(File.ReadAllText(pair.Second.Path))!)));
    }

    [Theory]
    [InlineData("'subjectId' is gone")]
    [InlineData("'subjectId' has another type")]
    [InlineData("'subjectId' is required")]
    [InlineData("'variantKey' is not required any more")]
    [InlineData("'assignmentPolicy' has lost the value 'BestEffort'")]
    public void A_break_of_the_rules_is_seen(string fault)
    {
        var older = JsonNode.Parse(EventSchemas.Files["exposure-1.0.0.schema.json"])!;
        var newer = older.DeepClone();
        switch (fault)
        {
            case "'subjectId' is gone":
                newer["properties"]!.AsObject().Remove("subjectId");
                break;
            case "'subjectId' has another type":
                newer["properties"]!["subjectId"]!["type"] = "number";
                break;
            case "'subjectId' is required":
                newer["required"]!.AsArray().Add("subjectId");
                break;
            case "'variantKey' is not required any more":
                newer["required"]!.AsArray().RemoveAll(name => name!.ToString() == "variantKey");
                break;
            default:
                newer["properties"]!["assignmentPolicy"]!["enum"]!.AsArray().RemoveAt(0);
                break;
        }

        Assert.Equal([fault], SchemaEvolution.Faults(older, newer));
    }

    private static async Task<Dictionary<string, JsonSchema>> ValidatorsAsync()
    {
        var schemas = new Dictionary<string, JsonSchema>();
        foreach (var (name, _, version) in EventSchemas.Types)
        {
            schemas[name] = await JsonSchema.FromFileAsync(Path.Combine(Docs, "schemas", $"{name}-{version}.schema.json"));
        }

        return schemas;
    }

    private static void Valid(JsonSchema schema, JsonNode json)
    {
        var faults = schema.Validate(json.ToJsonString());
        Assert.True(faults.Count == 0, $"{string.Join("; ", faults)} in {json}");
    }

    internal static void Write(string path, string text)
    {
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }
}
