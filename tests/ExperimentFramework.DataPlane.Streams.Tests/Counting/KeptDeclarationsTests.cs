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

        var kept = Create().All.ToArray();

        Assert.Equal([Exposures.Experiment, Exposures.Experiment], kept.Select(static one => one.Experiment));
        Assert.Equal(message, kept[0].Message);
        Assert.Equal(["v1", "v2"], kept.Select(static one => ((AnalysisSignalEvent)CoordinatorMessage.Read(one.Message).Event!.Payload).Data!["allocationVersion"]));
    }

    [Fact]
    public void What_was_declared_first_stays()
    {
        var declarations = Create();
        var first = Keep(declarations, "v1");
        declarations.Keep(Exposures.Declaration("v1", ("control", 1), ("b", 3)), [1, 2, 3]);

        Assert.Equal(first, Assert.Single(declarations.All).Message);
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

        Assert.Equal([Exposures.Experiment, "junk98", "junk99"], counter.Declarations.All.Select(static one => one.Experiment).Order());
        Assert.Equal(3, Create().All.Count());
    }

    [Fact]
    public void Of_ever_new_versions_the_newest_are_kept()
    {
        var declarations = Create();
        for (var version = 0; version < 1_000; version++)
        {
            Keep(declarations, $"v{version}");
        }

        var kept = declarations.All.ToArray();
        Assert.InRange(kept.Sum(static one => one.Message.Length), 1 << 15, 1 << 16);
        Assert.Equal("v999", ((AnalysisSignalEvent)CoordinatorMessage.Read(kept[^1].Message).Event!.Payload).Data!["allocationVersion"]);
        Assert.Equal(kept.Length, Create().All.Count());
    }

    [Fact]
    public void One_that_is_too_large_or_has_no_version_is_not_kept()
    {
        var declarations = Create();
        declarations.Keep(Exposures.Declaration("v1", ("control", 1)), new byte[(1 << 16) + 1]);
        declarations.Keep(Exposures.Declaration("v1", ("control", 1)) with { Data = null }, [1]);

        Assert.Empty(declarations.All);
    }

    private static byte[] Keep(KeptDeclarations declarations, string version, string experiment = Exposures.Experiment)
    {
        var declaration = Exposures.Declaration(version, ("control", 1), ("b", 1)) with { ExperimentName = experiment };
        var message = CoordinatorMessage.ToBytes(Exposures.Envelope(declaration));
        declarations.Keep(declaration, message);
        return message;
    }

    private KeptDeclarations Create() => new PartitionCounter(_store, new ExperimentMonitorStreamsOptions()).Declarations;
}
