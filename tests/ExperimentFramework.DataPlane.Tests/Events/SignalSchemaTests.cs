using System.Text.Json.Nodes;
using NJsonSchema;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>The data of each kind of signal has a shape that its schema, its page and the signals themselves keep to.</summary>
public sealed class SignalSchemaTests
{
    private static readonly string Schemas = Path.Combine(Repository.Docs, "schemas", "signals");

    private static readonly string Frozen = Path.Combine(Repository.Tests, "Events/Frozen/1.0.0/signals");

    public static TheoryData<AnalysisSignalType> Types => [.. Enum.GetValues<AnalysisSignalType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_kind_of_signal_has_a_shape_and_its_schema_is_written_down(AnalysisSignalType type)
    {
        var file = SignalSchemas.FileOf(type);
        SchemaTests.Write(Path.Combine(Schemas, file), SignalSchemas.Files[file]);

        Assert.Equal(SignalSchemas.Files[file], File.ReadAllText(Path.Combine(Schemas, file)));
        Assert.Equal(File.ReadAllText(Path.Combine(Frozen, file)), File.ReadAllText(Path.Combine(Schemas, file)));
    }

    [Fact]
    public void The_page_of_all_shapes_is_made_of_them()
    {
        var path = Path.Combine(Repository.Docs, "reference", "signals.md");
        SchemaTests.Write(path, SignalSchemas.Page);

        Assert.Equal(SignalSchemas.Page, File.ReadAllText(path));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task The_examples_are_valid_and_without_a_required_field_or_with_a_wrong_one_they_are_not(AnalysisSignalType type)
    {
        var schema = await SchemaAsync(type);
        var example = SignalSchemas.Example(type);
        Assert.Empty(schema.Validate(example.ToJsonString()));

        foreach (var field in SignalSchemas.Shapes[type].Fields)
        {
            var wrong = (JsonObject)example.DeepClone();
            wrong[field.ExampleName] = new JsonArray();
            Assert.NotEmpty(schema.Validate(wrong.ToJsonString()));
            wrong.Remove(field.ExampleName);
            Assert.Equal(field is { IsRequired: true, IsPrefix: false }, schema.Validate(wrong.ToJsonString()).Count > 0);
        }
    }

    [Fact]
    public async Task The_declared_allocation_of_an_experiment_has_its_shape()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash());

        fixture.Get<IGreeter>().Greet("u1");

        var declared = Assert.Single(fixture.Backplane.Events, envelope => envelope.Payload is AnalysisSignalEvent);
        var data = JsonNode.Parse(DataPlaneJson.Serialize(declared))!["payload"]!["data"]!.AsObject();
        Assert.Empty((await SchemaAsync(AnalysisSignalType.AllocationDeclared)).Validate(data.ToJsonString()));
        Assert.Equal(["allocationVersion", "weight:b", "weight:control"], data.Select(field => field.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Numbers_of_signal_types_stay()
    {
        string[] names =
        [
            "SampleRatioMismatch", "SequentialCheckpoint", "PeekingWarning", "MinimumSampleReached", "PowerThresholdMet", "Custom", "AllocationDeclared",
            "SubjectCrossovers", "UndeclaredAllocation", "NotTestable", "IncompleteStream", "PlanDeclared",
        ];

        Assert.Equal(names.Select((name, number) => (name, number)), Enum.GetValues<AnalysisSignalType>().Select(type => (type.ToString(), (int)type)));
    }

    private static Task<JsonSchema> SchemaAsync(AnalysisSignalType type) => JsonSchema.FromFileAsync(Path.Combine(Schemas, SignalSchemas.FileOf(type)));
}
