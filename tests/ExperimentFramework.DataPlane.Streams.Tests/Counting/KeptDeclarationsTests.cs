namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Declarations are kept beside the subjects, within bounds.</summary>
public sealed class KeptDeclarationsTests
{
    private readonly MemoryStore _store = new();

    [Fact]
    public void Whoever_takes_the_partition_over_has_them()
    {
        var message = Keep(Create(), "v1");
        Keep(Create(), "v2");

        var kept = Create().TakeAll(default).ToArray();

        Assert.Equal([Exposures.Experiment, Exposures.Experiment], kept.Select(static one => one.Experiment));
        Assert.Equal(message, kept[0].Message);
        Assert.Equal(["v1", "v2"], kept.Select(VersionOf));
    }

    [Fact]
    public void What_was_declared_first_stays()
    {
        var declarations = Create();
        var first = Keep(declarations, "v1");
        declarations.Keep(Exposures.Declaration("v1", ("control", 1), ("b", 3)), [1, 2, 3]);

        Assert.Equal(first, Assert.Single(declarations.TakeAll(default)).Message);
    }

    [Fact]
    public void Names_that_only_declarations_name_push_out_no_experiment_that_is_counted()
    {
        var counter = new PartitionCounter(_store, new ExperimentMonitorStreamsOptions { MaxExperiments = 2 });
        Keep(counter.Declarations, "v1");
        counter.Count(0, 1);
        for (var name = 0; name < 100; name++)
        {
            Keep(counter.Declarations, "v1", $"junk{name}");
        }

        Assert.Equal([Exposures.Experiment, "junk98", "junk99"], counter.Declarations.TakeAll(default).Select(static one => one.Experiment).Order());
        Assert.Equal(3, Create().TakeAll(default).Count());
    }

    [Fact]
    public void Of_ever_new_versions_the_newest_are_kept()
    {
        var declarations = Create();
        for (var version = 0; version < 1_000; version++)
        {
            Keep(declarations, $"v{version}");
        }

        var kept = declarations.TakeAll(default).ToArray();
        Assert.InRange(kept.Sum(static one => one.Message.Length), 1 << 15, 1 << 16);
        Assert.Equal("v999", VersionOf(kept[^1]));
        Assert.Equal(kept.Length, Create().TakeAll(default).Count());
    }

    [Fact]
    public void The_oldest_version_goes_first_after_the_partition_was_taken_over_too()
    {
        var first = Create();
        for (var version = 999; version >= 100; version--)
        {
            Keep(first, $"v{version}");
        }

        var oldest = first.TakeAll(default).First().Message;
        var second = Create();
        Assert.Equal(oldest, second.TakeAll(default).First().Message);
        Keep(second, "v000");

        Assert.DoesNotContain(oldest, second.TakeAll(default).Select(static one => one.Message));
        Assert.Equal(["v101", "v100", "v000"], second.TakeAll(default).TakeLast(3).Select(VersionOf));
        Assert.Equal("v000", VersionOf(Create().TakeAll(default).Last()));
    }

    [Fact]
    public void The_oldest_experiment_goes_first_after_the_partition_was_taken_over_too()
    {
        Keep(Create(), "v1", "z");
        Keep(Create(), "v1", "a");

        var declarations = new PartitionCounter(_store, new ExperimentMonitorStreamsOptions { MaxExperiments = 2 }).Declarations;
        Keep(declarations, "v1", "m");

        Assert.Equal(["a", "m"], declarations.TakeAll(default).Select(static one => one.Experiment).Order());
    }

    [Fact]
    public void Those_of_an_experiment_are_due_again_after_30_seconds()
    {
        var declarations = Create();
        var message = Keep(declarations, "v1");
        Keep(declarations, "v1", "other");

        Assert.Equal([message], declarations.TakeDue(Exposures.Experiment, Exposures.Time));
        Assert.Empty(declarations.TakeDue(Exposures.Experiment, Exposures.Time.AddSeconds(29)));
        Assert.Equal([message], declarations.TakeDue(Exposures.Experiment, Exposures.Time.AddSeconds(30)));
        Assert.Equal(2, declarations.TakeAll(Exposures.Time.AddSeconds(60)).Count());
        Assert.Empty(declarations.TakeDue(Exposures.Experiment, Exposures.Time.AddSeconds(89)));
        Assert.Empty(declarations.TakeDue("unknown", Exposures.Time.AddHours(1)));
    }

    [Fact]
    public void One_that_is_too_large_or_has_no_version_is_not_kept()
    {
        var declarations = Create();
        declarations.Keep(Exposures.Declaration("v1", ("control", 1)), new byte[(1 << 16) + 1]);
        declarations.Keep(Exposures.Declaration("v1", ("control", 1)) with { Data = null }, [1]);

        Assert.Empty(declarations.TakeAll(default));
    }

    private static string VersionOf((string Experiment, byte[] Message) kept) => (string)((AnalysisSignalEvent)CoordinatorMessage.Read(kept.Message).Event!.Payload).Data!["allocationVersion"]!;

    private static byte[] Keep(KeptDeclarations declarations, string version, string experiment = Exposures.Experiment)
    {
        var declaration = Exposures.Declaration(version, ("control", 1), ("b", 1)) with { ExperimentName = experiment };
        var message = CoordinatorMessage.ToBytes(Exposures.Envelope(declaration));
        declarations.Keep(declaration, message);
        return message;
    }

    private KeptDeclarations Create() => new PartitionCounter(_store, new ExperimentMonitorStreamsOptions()).Declarations;
}
