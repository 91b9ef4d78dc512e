using System.Buffers;
using System.Text.Json;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Inspect;

public sealed class SampledSetTests
{
    [Fact]
    public void A_set_is_exact_until_memory_is_full()
    {
        var set = new SampledSet(1 << 12, new SlotBudget(1 << 20));
        var random = new Random(1);
        var hashes = Enumerable.Range(0, 3_000).Select(_ => (ulong)random.NextInt64() << 1).ToArray();

        Assert.All(hashes, hash => Assert.Equal(SetChange.Added, set.Add(hash)));
        Assert.All(hashes, hash => Assert.Equal(SetChange.Present, set.Add(hash)));

        Assert.True(set.IsExact);
        Assert.Equal(3_000, set.Estimate);
    }

    [Fact]
    public void Beyond_that_it_estimates_whatever_the_order_and_number_of_occurrences()
    {
        var random = new Random(2);
        var hashes = Enumerable.Range(0, 200_000).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue)).ToArray();
        var forwards = new SampledSet(1 << 12, new SlotBudget(1 << 20));
        var backwards = new SampledSet(1 << 12, new SlotBudget(1 << 20));
        foreach (var hash in hashes.Concat(hashes))
        {
            forwards.Add(hash);
        }

        foreach (var hash in hashes.Reverse())
        {
            backwards.Add(hash);
        }

        Assert.False(forwards.IsExact);
        Assert.Equal(forwards.Estimate, backwards.Estimate);
        Assert.InRange(forwards.Estimate, 180_000, 220_000);
    }

    [Fact]
    public void What_is_said_of_estimates_holds_for_the_experiment_of_which_the_fewest_subjects_are_held()
    {
        var summary = new StreamSummary(subjectSlots: 1 << 13);
        foreach (var (experiment, subjects) in new[] { ("large", 20_000), ("late", 5_000) })
        {
            for (var subject = 0; subject < subjects; subject++)
            {
                var exposure = new ExposureEvent { ExperimentName = experiment, Timestamp = ToolFixture.Now, VariantKey = "b", SubjectId = experiment + subject, SelectionReason = SelectionReasons.HashAssignment };
                summary.Add(new DataPlaneEnvelope
                {
                    EventId = new Guid(subject, (short)experiment.Length, 0, [0, 0, 0, 0, 0, 0, 0, 1]), Timestamp = exposure.Timestamp, EventType = exposure.EventType, SchemaVersion = exposure.SchemaVersion, Payload = exposure,
                });
            }
        }

        var held = summary.Experiments.ToDictionary(experiment => experiment.Name, experiment => experiment.SampleSize);
        var text = new StringWriter();
        var console = Spectre.Console.AnsiConsole.Create(new Spectre.Console.AnsiConsoleSettings { Out = new Spectre.Console.AnsiConsoleOutput(text), Ansi = Spectre.Console.AnsiSupport.No });
        console.Profile.Width = 200;
        var inspection = new Inspection(new Dictionary<SourceFormat, (int, long)>(), summary, [], new FaultLog());
        InspectionTables.Write(console, inspection);
        var json = JsonOf(inspection).GetProperty("experiments").EnumerateArray().ToDictionary(experiment => experiment.GetProperty("name").GetString()!);

        Assert.True(held["late"] < 385 && held["large"] > 1_500, string.Join(", ", held));
        var bound = Math.Ceiling(1_000 * 2.576 / Math.Sqrt(held["late"])) / 10;
        Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"at least {held["late"]} subjects of an experiment: off by less than {bound:0.0} % in 99 of 100 cases"), text.ToString(), StringComparison.Ordinal);
        Assert.All(summary.Experiments, experiment => Assert.InRange(experiment.Subjects / (experiment.Name == "late" ? 5_000.0 : 20_000.0), 1 - (2.576 / Math.Sqrt(experiment.SampleSize)), 1 + (2.576 / Math.Sqrt(experiment.SampleSize))));
        Assert.All(held, experiment => Assert.Equal(experiment.Value, json[experiment.Key].GetProperty("subjectsHeld").GetInt32()));
        Assert.All(held, experiment => Assert.Equal(2.576 / Math.Sqrt(experiment.Value), json[experiment.Key].GetProperty("subjectsRelativeError").GetDouble(), 1e-12));
    }

    [Fact]
    public void The_number_of_subjects_that_are_all_held_has_no_error()
    {
        var summary = new StreamSummary();
        foreach (var envelope in SampleStream.Few)
        {
            summary.Add(envelope);
        }

        var checkout = JsonOf(new Inspection(new Dictionary<SourceFormat, (int, long)>(), summary, [], new FaultLog())).GetProperty("experiments").EnumerateArray().Single(experiment => experiment.GetProperty("name").GetString() == "checkout");

        Assert.Equal((40, 40, 0), (checkout.GetProperty("subjects").GetInt32(), checkout.GetProperty("subjectsHeld").GetInt32(), checkout.GetProperty("subjectsRelativeError").GetDouble()));
    }

    [Fact]
    public void Duplicates_of_ids_that_were_forgotten_later_count_as_often_as_they_came()
    {
        var summary = new StreamSummary(maxIdSlots: 256);
        foreach (var number in Enumerable.Range(0, 192).Concat(Enumerable.Range(0, 100)).Append(1_000))
        {
            summary.Add(SampleStream.Few[2] with { EventId = new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) });
        }

        Assert.True(summary.DuplicatesAreEstimated);
        Assert.Equal(100, summary.Duplicates);
    }

    [Fact]
    public void Duplicates_are_estimated_without_a_bias()
    {
        var random = new Random(11);
        var summary = new StreamSummary(maxIdSlots: 1_024);
        for (var number = 0; number < 50_000; number++)
        {
            var envelope = SampleStream.Few[2] with { EventId = new Guid(random.Next(), 1, 2, BitConverter.GetBytes(random.NextInt64())) };
            summary.Add(envelope);
            if (number % 10 == 0)
            {
                summary.Add(envelope);
            }
        }

        Assert.InRange(summary.Duplicates, 4_000, 6_000);
    }

    [Fact]
    public void A_set_that_finds_no_memory_left_samples_earlier()
    {
        var budget = new SlotBudget(1_024);
        var first = new SampledSet(1 << 20, budget);
        var second = new SampledSet(1 << 20, budget);
        var random = new Random(3);
        for (var number = 0; number < 10_000; number++)
        {
            first.Add((ulong)random.NextInt64(long.MinValue, long.MaxValue));
        }

        for (var number = 0; number < 150; number++)
        {
            second.Add((ulong)random.NextInt64(long.MinValue, long.MaxValue));
        }

        Assert.InRange(first.Count, 256, 1_024);
        Assert.True(second.IsExact);
    }

    private static JsonElement JsonOf(Inspection inspection)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            InspectionJson.Write(writer, inspection);
            writer.WriteEndObject();
        }

        return JsonElement.Parse(json.WrittenSpan);
    }
}
