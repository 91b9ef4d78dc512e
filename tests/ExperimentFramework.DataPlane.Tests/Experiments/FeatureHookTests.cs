using ExperimentFramework.DataPlane.Tests.Experiments.OpenFeature;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Experiments;

/// <summary>The hook of docs/how-to/record-exposures-elsewhere.md, on stand-ins in the shape of OpenFeature's types.</summary>
public sealed class FeatureHookTests
{
    private static readonly ImmutableMetadata FlagVersion = new(new Dictionary<string, object> { ["version"] = "r7" });

    [Fact]
    public async Task An_evaluation_that_was_split_is_one_exposure_of_the_targeted_subject()
    {
        await using var fixture = DataPlaneFixture.Bare(
            options => (options.ExposureSemantics, options.SamplingRate) = (ExposureSemantics.OnFirstUse, 0.5), services => services.AddInMemoryDataBackplane());
        var client = new Client(new ExposureHook(fixture.Get<IExposureRecorder>()));
        var sampling = new SubjectSampling("new-checkout", 0.5);
        var users = Enumerable.Range(0, 30).Select(i => $"u{i}").ToArray();

        foreach (var user in users.Concat(users))
        {
            Assert.True(await client.EvaluateAsync(new FlagEvaluationDetails<bool>("new-checkout", true, ErrorType.None, "SPLIT", "on", FlagVersion), user));
        }

        Assert.Equal(users.Where(sampling.Includes), fixture.Exposures.Select(exposure => exposure.SubjectId));
        Assert.All(fixture.Exposures, exposure => Assert.Equal(
            ("new-checkout", "on", "SPLIT", "user", "r7"),
            (exposure.ExperimentName, exposure.VariantKey, exposure.SelectionReason, exposure.SubjectType, exposure.AllocationVersion)));
    }

    [Fact]
    public async Task A_flag_without_a_version_is_exposed_without_one()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane());
        var client = new Client(new ExposureHook(fixture.Get<IExposureRecorder>()));

        await client.EvaluateAsync(new FlagEvaluationDetails<bool>("new-checkout", true, ErrorType.None, "SPLIT", "on", new ImmutableMetadata([])), "u1");
        await client.EvaluateAsync(new FlagEvaluationDetails<bool>("new-checkout", true, ErrorType.None, "SPLIT", "on"), "u2");

        Assert.Equal([null, null], fixture.Exposures.Select(exposure => exposure.AllocationVersion));
    }

    [Fact]
    public void The_page_shows_the_hook_that_is_tested_here()
    {
        var code = File.ReadAllText(Path.Combine(Repository.Tests, "Experiments/ExposureHook.cs")).ReplaceLineEndings("\n");
        var hook = code[(code.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim();

        Assert.Contains(hook, File.ReadAllText(Path.Combine(Repository.Docs, "how-to/record-exposures-elsewhere.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Defaults_and_errors_are_no_exposures_and_never_reach_the_caller()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane());
        var client = new Client(new ExposureHook(fixture.Get<IExposureRecorder>()));

        Assert.False(await client.EvaluateAsync(new FlagEvaluationDetails<bool>("new-checkout", false, ErrorType.None, "DEFAULT", null), "u1"));
        Assert.False(await client.EvaluateAsync(new FlagEvaluationDetails<bool>("new-checkout", false, ErrorType.General, "ERROR", "on"), "u1"));
        Assert.Empty(fixture.Exposures);

        Assert.Equal(2, await client.EvaluateAsync(new FlagEvaluationDetails<int>("limit", 2, ErrorType.None, null, "two"), "u1"));
        Assert.Equal(SelectionReasons.DecidedElsewhere, Assert.Single(fixture.Exposures).SelectionReason);
    }

    private sealed class Client(Hook hook)
    {
        public async Task<T> EvaluateAsync<T>(FlagEvaluationDetails<T> details, string user)
        {
            await hook.AfterAsync(new HookContext<T>(details.FlagKey, details.Value, new EvaluationContext(user)), details, cancellationToken: TestContext.Current.CancellationToken);
            return details.Value;
        }
    }
}
