using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>
/// The shape of the <c>data</c> of each kind of signal: a schema for each, and a page with all of them. A signal can contain further fields.
/// </summary>
internal static class SignalSchemas
{
    public const string Version = "1.0.0";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Field Scope = Field.Text("allocationVersion", "The set of weights the finding is about; absent if it is about all of them.", "9b1c2d3e", isRequired: false);

    private static readonly Field Run = Field.Count("run", "The number of the run of the test, from 1. A new run starts with a new pseudonym key, after a reset, and after the state of the test is lost.", 1, isRequired: false);

    private static readonly Field Key = Field.Text("pseudonymKeyId", "The id of the key of the subjects' pseudonyms, as in the metadata of the envelope; absent if subject ids are not pseudonyms.", "2026-03", isRequired: false);

    private static readonly Field Ended = Field.Text("state", "Always recovered: the finding has ended. Absent when it begins.", "recovered", isRequired: false);

    private static readonly Field Plan = Field.Text("planHash", "The hash of the current analysis plan; absent if the experiment has none.", "9f86d081884c7d65", isRequired: false);

    private static readonly Field Subjects = Field.Count("subjects", "The number of subjects counted.", 10_000);

    /// <summary>The shapes, by kind of signal.</summary>
    public static IReadOnlyDictionary<AnalysisSignalType, Shape> Shapes { get; } = new Dictionary<AnalysisSignalType, Shape>
    {
        [AnalysisSignalType.SampleRatioMismatch] = new("The deviation of the observed split from the planned one, and its evidence.",
        [
            Field.Probability("pValue", "The always-valid p-value of the sequential test: the smallest so far.", 0.0001),
            Subjects,
            Field.Text("state", "The verdict: warning, mismatch or inconclusive, or reset when the experiment was reset and its subjects are counted from zero; later versions may add others.", "mismatch", isRequired: false),
            Field.Number("logPValue", "The natural logarithm of pValue, which has a value even if pValue is 0.", -9.2, isRequired: false),
            Field.Probability("alpha", "The significance level to which the p-value is compared.", 0.01, isRequired: false),
            Field.Text("lookAt", "What to check first: losses, build, weights, segments, fallbacks, no-subject, crossovers or before-exposure; later versions may add others.", "before-exposure", isRequired: false),
            Field.Probability("chiSquarePValue", "The p-value of a single chi-square test on the same counts: for information, not for the verdict.", 0.0004, isRequired: false),
            Field.Text("worstVariant", "The variant that deviates most, relative to its plan.", "dynamic", isRequired: false),
            Field.Number("relativeDeviation", "That variant's observed count divided by the planned one, minus 1.", -0.05, isRequired: false),
            Scope,
            Run,
            Key,
            Field.Text("startedAt", "The time since which the split deviates, in UTC; absent if it deviates from the first subject on.", "2026-03-01T00:00:00.0000000Z", isRequired: false),
            Field.Text("startReason", "What started then: day, allocation or build; later versions may add others. Only with startedAt.", "build", isRequired: false),
            Field.Flag("isInconclusive", "Whether lost exposures alone could explain the deviation.", false, isRequired: false),
            Field.Counts("observed:", "The number of subjects assigned to a variant, named after the colon.", "observed:control", 5_200),
            Field.Numbers("planned:", "The planned share of a variant, named after the colon, from 0 to 1.", "planned:control", 0.5),
            Field.Numbers("segment:", "A segment whose split deviates, named after the colon as dimension=value, with the relative deviation of its worst variant.", "segment:host=web-7", -0.31, isRequired: false),
            Field.Counts("excluded:", "The number of exposures that are not random assignments and were not counted, by the selection reason named after the colon.", "excluded:override", 40, isRequired: false),
            Field.Counts("dropped:", "The number of exposures of a variant, named after the colon, that the accounts count as dropped.", "dropped:dynamic", 12, isRequired: false),
            Plan,
        ]),
        [AnalysisSignalType.SequentialCheckpoint] = new("A planned look is due, or the one test of a plan with a fixed horizon. Signaled once for each variant that is compared with control.",
        [
            Field.Text("metric", "The primary metric.", "purchase"),
            Field.Text("variant", "The variant that is compared with control; absent if results are left out, because the split cannot be trusted or the metric is not collected.", "dynamic", isRequired: false),
            Field.Count("look", "The number of the planned look, from 1.", 2),
            Field.Count("subjects", "The number of subjects that the test includes: their windows of the primary metric have closed, under weights that the comparison includes. With several variants, that of the comparison with the fewest.", 10_000),
            Field.Probability("alpha", "The significance level of this look alone: the p-value of its boundary.", 0.01),
            Field.Number("boundary", "The z-value at which this look rejects.", 2.5758, isRequired: false),
            Field.Probability("alphaSpent", "The error rate that this look and the earlier ones have spent, over all comparisons.", 0.015, isRequired: false),
            Field.Number("informationTime", "The number of subjects as a share of the planned sample.", 0.5, isRequired: false),
            Field.Count("plannedSubjects", "The planned sample.", 20_000, isRequired: false),
            Field.Probability("pValue", "The p-value of this look alone, to be compared with alpha; absent if results are left out.", 0.03, isRequired: false),
            Field.Number("effect", "The estimated effect, on the metric's scale: on the logarithmic scale, the logarithm of the ratio, as in minimumEffect of PowerThresholdMet.", 0.012, isRequired: false),
            Field.Number("lower", "The lower end of the confidence interval that belongs to the boundary.", -0.001, isRequired: false),
            Field.Number("upper", "The upper end of the confidence interval that belongs to the boundary; absent if only an increase rejects.", 0.025, isRequired: false),
            Run,
            Plan,
        ]),
        [AnalysisSignalType.PeekingWarning] = new("Results were looked at in a way the plan does not allow, or the plan was changed after results could be seen.",
        [
            Field.Text("reason", "Why: early-look, unplanned-look or plan-changed; later versions may add others.", "plan-changed"),
            Field.Text("metric", "The metric that was looked at.", "purchase", isRequired: false),
            Subjects,
            Field.Count("plannedSubjects", "The number of subjects at which the plan allows the look.", 20_000, isRequired: false),
            Field.Count("looks", "The number of looks so far. Looks whose subjects differ by less than 1 % count as one.", 3, isRequired: false),
            Field.Probability("typeIError", "The error rate of the looks so far, each tested as if it were the planned one.", 0.083, isRequired: false),
            Field.Probability("typeIErrorAtEnd", "The error rate at the end of the experiment, after the remaining planned looks.", 0.107, isRequired: false),
            Field.Text("setting", "The setting of the plan that was changed after the first exposure: alpha, sides, control, looks, metric, source, window, aggregation, cap, scale, estimator, tuningSubjects, minimumRunTime, or plan if the whole plan was added late or removed; later versions may add others.", "alpha", isRequired: false),
            Field.Text("plannedValue", "Its value at the first exposure, in the invariant culture; absent if it had none.", "0.01", isRequired: false),
            Field.Text("currentValue", "Its value now, in the invariant culture; absent if it has none.", "0.05", isRequired: false),
            Run,
            Plan,
        ]),
        [AnalysisSignalType.MinimumSampleReached] = new("The planned sample was reached, and the planned minimum run time is over.",
        [
            Subjects,
            Field.Count("minimum", "The planned sample.", 10_000),
            Run,
            Plan,
        ]),
        [AnalysisSignalType.PowerThresholdMet] = new("The planned power for the planned effect was reached, computed from the variance of all variants together, without looking at the difference between them.",
        [
            Field.Text("metric", "The metric of the plan.", "purchase"),
            Subjects,
            Field.Probability("power", "The power reached.", 0.82),
            Field.Probability("plannedPower", "The planned power.", 0.8),
            Field.Probability("alpha", "The significance level for which the power is computed.", 0.01, isRequired: false),
            Field.Number("minimumEffect", "The effect for which the power is computed, on the metric's scale.", 0.01, isRequired: false),
            Run,
            Plan,
        ]),
        [AnalysisSignalType.Custom] = new("The data that the application adds to its own findings.", []),
        [AnalysisSignalType.AllocationDeclared] = new("The weights by which subjects are split. Published by the data plane once per process for each set of weights.",
        [
            Field.Text("allocationVersion", "The version of the set of weights, as in ExposureEvent.allocationVersion.", "9b1c2d3e"),
            Field.Numbers("weight:", "The weight of a variant, named after the colon. A share is a weight divided by the sum of all weights.", "weight:control", 1),
        ]),
        [AnalysisSignalType.SubjectCrossovers] = new("Subjects that moved to another variant without an explanation, within one allocation version and one pseudonym key.",
        [
            Field.Count("crossovers", "The number of subjects that moved without an explanation.", 120),
            Subjects,
            Field.Probability("share", "Their share of the subjects.", 0.012),
            Field.Probability("threshold", "The share at which the finding is reported.", 0.01),
            Field.Count("explained", "The number of subjects that moved for a known reason, such as new weights or a sign-in.", 300, isRequired: false),
            Run,
            Key,
            Ended,
            Plan,
        ]),
        [AnalysisSignalType.UndeclaredAllocation] = new("Exposures whose split cannot be tested because their weights are unknown.",
        [
            Field.Text("allocationVersion", "The version that has not been declared.", "9b1c2d3e"),
            Field.Count("exposures", "The number of exposures with that version.", 500),
            Ended,
            Plan,
        ]),
        [AnalysisSignalType.NotTestable] = new("The reason why an experiment cannot be tested.",
        [
            Field.Text("reason", "Why: redacted-subjects, no-subjects, no-weights or single-variant; later versions may add others.", "redacted-subjects"),
            Field.Count("exposures", "The number of exposures seen.", 5_000),
            Field.Count("subjects", "The number of distinct subjects in these exposures.", 1, isRequired: false),
            Ended,
            Plan,
        ]),
        [AnalysisSignalType.IncompleteStream] = new("The exposures of an experiment that a producer reported as published, and those that arrived.",
        [
            Field.Text("producerId", "The producer, as in AccountingEvent.producerId.", "0a1b2c3d4e5"),
            Field.Text("destination", "The destination of the stream, as in AccountingEvent.destination.", "KafkaDataBackplane"),
            Field.Count("sequenceNumber", "The number of the latest account of which all parts arrived.", 3),
            Field.Flag("hasLast", "Whether that account is the producer's last.", false),
            Field.Count("expected", "The number of exposures of the experiment that were published and not dropped, according to the account, since the first account that was read.", 1_000),
            Field.Count("arrived", "The number of exposures of the experiment with the producer's ids that arrived. An exposure that arrived twice counts twice.", 990),
            Field.Text("completeUntil", "The end of that account's interval. Later exposures cannot be checked.", "2026-03-01T12:00:00.0000000Z"),
            Ended,
            Plan,
        ]),
        [AnalysisSignalType.PlanDeclared] = new("The analysis plan of the experiment. Published by its monitor at the first exposure, and once for each later plan with another hash.",
        [
            Field.Count("version", "The version of the plan, from 1.", 1),
            Field.Text("planHash", "The first 16 hexadecimal digits of the SHA-256 of the settings, in UTF-8: for each, in the ordinal order of their names, the name, a tab, the value, a line feed.", "9f86d081884c7d65"),
            Field.Text("owner", "Who makes the decision.", "team-checkout", isRequired: false),
            Field.Count("subjects", "The number of subjects counted before the plan was published.", 1, isRequired: false),
            Field.Count("plannedSubjects", "The planned sample at the weights of the first exposure; absent if it cannot be computed.", 20_000, isRequired: false),
            Field.Texts("setting:", "A setting, named after the colon, in the invariant culture; one of a secondary metric has the metric's name after a second colon.", "setting:alpha", "0.05"),
        ]),
    };

    /// <summary>The schemas by file name, as <c>docs/schemas/signals</c> has them.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = Shapes.ToDictionary(
        shape => FileOf(shape.Key), shape => Schema(shape.Key, shape.Value).ToJsonString(Indented) + "\n");

    /// <summary>The page with every shape, as <c>docs/reference/signals.md</c> has it.</summary>
    public static string Page { get; } = "# Signals, field by field\n\nThe `data` of each `signalType` of an [analysis signal](events.md). Each has a [schema](../schemas/README.md#signals); a signal may carry further fields.\n"
        + string.Concat(Shapes.Select(shape => $"\n## {shape.Key}\n\n{shape.Value.Meaning}\n" + (shape.Value.Fields.Count == 0 ? "" : "\n| field | type | always there | meaning | example |\n| --- | --- | --- | --- | --- |\n"
            + string.Concat(shape.Value.Fields.Select(field => $"| `{field.Name}{(field.IsPrefix ? "…" : "")}` | {field.Type} | {(field.IsRequired ? "yes" : "")} | {field.Meaning} | `{(field.IsPrefix ? field.ExampleName + ": " : "")}{field.Example!.ToJsonString(Indented)}` |\n")))));

    public static string FileOf(AnalysisSignalType type) => $"{EventSchemas.KebabCase(type.ToString())}-{Version}.schema.json";

    /// <summary>Data with every field of a shape, made of the examples.</summary>
    public static JsonObject Example(AnalysisSignalType type) => new(
        Shapes[type].Fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.ExampleName, field.Example!.DeepClone())));

    private static JsonObject Schema(AnalysisSignalType type, Shape shape)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = $"urn:experimentframework:dataplane:signals:{EventSchemas.KebabCase(type.ToString())}:{Version}",
            ["title"] = type.ToString(),
            ["description"] = shape.Meaning,
            ["type"] = "object",
            ["properties"] = new JsonObject(shape.Fields.Where(field => !field.IsPrefix).Select(field => KeyValuePair.Create<string, JsonNode?>(field.Name, field.Schema()))),
        };
        if (shape.Fields.Any(field => field.IsPrefix))
        {
            schema["patternProperties"] = new JsonObject(shape.Fields.Where(field => field.IsPrefix).Select(field => KeyValuePair.Create<string, JsonNode?>($"^{field.Name}", field.Schema())));
        }

        schema["required"] = new JsonArray([.. shape.Fields.Where(field => field is { IsRequired: true, IsPrefix: false }).Select(field => (JsonNode)field.Name)]);
        return schema;
    }

    /// <summary>The data of one kind of signal.</summary>
    internal sealed record Shape(string Meaning, IReadOnlyList<Field> Fields);

    /// <summary>A field, or all fields whose names begin with a prefix.</summary>
    internal sealed record Field(string Name, string Type, string Meaning, JsonNode Example, bool IsRequired)
    {
        public bool IsPrefix => Name.EndsWith(':');

        public string ExampleName { get; init; } = Name;

        private decimal? Minimum { get; init; }

        private decimal? Maximum { get; init; }

        public static Field Text(string name, string meaning, string example, bool isRequired = true) => new(name, "string", meaning, example, isRequired);

        public static Field Flag(string name, string meaning, bool example, bool isRequired = true) => new(name, "boolean", meaning, example, isRequired);

        public static Field Count(string name, string meaning, long example, bool isRequired = true) => new(name, "integer", meaning, example, isRequired) { Minimum = 0 };

        public static Field Number(string name, string meaning, double example, bool isRequired) => new(name, "number", meaning, example, isRequired);

        public static Field Probability(string name, string meaning, double example, bool isRequired = true) => new(name, "number", meaning, example, isRequired) { Minimum = 0, Maximum = 1 };

        public static Field Texts(string prefix, string meaning, string exampleName, string example, bool isRequired = true) => new(prefix, "string", meaning, example, isRequired) { ExampleName = exampleName };

        public static Field Counts(string prefix, string meaning, string exampleName, long example, bool isRequired = true) => new(prefix, "integer", meaning, example, isRequired) { ExampleName = exampleName, Minimum = 0 };

        public static Field Numbers(string prefix, string meaning, string exampleName, double example, bool isRequired = true) => new(prefix, "number", meaning, example, isRequired) { ExampleName = exampleName, Minimum = example < 0 ? -1 : 0 };

        public JsonObject Schema()
        {
            var schema = new JsonObject { ["description"] = Meaning, ["type"] = Type };
            if (Minimum is { } minimum)
            {
                schema["minimum"] = minimum;
            }

            if (Maximum is { } maximum)
            {
                schema["maximum"] = maximum;
            }

            schema["examples"] = new JsonArray(Example.DeepClone());
            return schema;
        }
    }
}
