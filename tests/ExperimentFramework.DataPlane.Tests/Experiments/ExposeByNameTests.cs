using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Experiments;

/// <summary>An exposure by name is that of a call: the same switches, sampling, semantics and repeat memory.</summary>
public sealed class ExposeByNameTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Under_OnFirstUse_a_subject_is_exposed_once_however_the_exposure_is_asked_for()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")).WithSemantics(ExposureSemantics.OnFirstUse));
        var (greeter, experiments, recorder) = (fixture.Get<IGreeter>(), fixture.Get<IExperiments>(), fixture.Get<IExposureRecorder>());

        foreach (var (subject, first) in new[] { ("u1", 0), ("u2", 1), ("u3", 2) })
        {
            for (var i = 0; i < 6; i++)
            {
                switch ((first + i) % 3)
                {
                    case 0:
                        greeter.Greet(subject);
                        break;
                    case 1:
                        await experiments.ExposeAsync("greeting", subject, "user", cancellationToken: Token);
                        break;
                    default:
                        var isRecorded = await recorder.RecordAsync(
                            new DecidedExposure { ExperimentName = "greeting", VariantKey = "B", SubjectId = subject, SubjectType = "user" }, Token);
                        Assert.Equal(i == 0, isRecorded);
                        break;
                }
            }
        }

        Assert.Equal(["u1", "u2", "u3"], fixture.Exposures.Select(exposure => exposure.SubjectId));
        Assert.All(fixture.Exposures, exposure => Assert.Equal("b", exposure.VariantKey));
    }

    [Fact]
    public async Task Under_OnDecision_each_exposure_is_recorded_and_repeats_are_marked_across_calls_and_names()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        fixture.Get<IGreeter>().Greet("u1");
        var decision = await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", "user", cancellationToken: Token);

        Assert.Equal("b", decision.VariantKey);
        Assert.Equal([false, true], fixture.Exposures.Select(exposure => exposure.IsRepeatExposure));
        Assert.Equal(fixture.Exposures[0] with { IsRepeatExposure = true }, fixture.Exposures[1]);
    }

    [Fact]
    public async Task Attributes_of_an_exposure_by_name_are_in_the_event()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));
        var attributes = new Dictionary<string, object?> { ["country"] = "FR", ["items"] = 3L };

        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", "user", attributes: attributes, cancellationToken: Token);
        attributes["country"] = "DE";

        Assert.Equal(new Dictionary<string, object?> { ["country"] = "FR", ["items"] = 3L }, Assert.Single(fixture.Exposures).Attributes);
    }

    [Fact]
    public async Task Attributes_of_an_exposure_that_waits_for_an_assignment_store_are_in_the_event()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddInMemoryAssignmentStore());

        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", attributes: new Dictionary<string, object?> { ["country"] = "FR" }, cancellationToken: Token);

        Assert.Equal("FR", Assert.Single(fixture.Exposures).Attributes!["country"]);
    }

    [Fact]
    public async Task Under_Explicit_semantics_exposing_by_name_is_the_explicit_log()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")).WithSemantics(ExposureSemantics.Explicit));
        await using var scope = fixture.Scope();

        scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");
        Assert.Empty(fixture.Exposures);
        await scope.ServiceProvider.GetRequiredService<IExperiments>().ExposeAsync("greeting", "u1", "user", cancellationToken: Token);

        Assert.Equal(("u1", "b"), (fixture.Exposures.Single().SubjectId, fixture.Exposures.Single().VariantKey));
    }

    [Fact]
    public async Task Sampling_and_the_switch_exclude_the_same_subjects_by_name_and_by_call()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash().WithSamplingRate(0.5).WithSemantics(ExposureSemantics.OnFirstUse));
        await using var off = DataPlaneFixture.Greeting(_ => { }, options => options.EnableExposureEvents = false);
        var subjects = Enumerable.Range(0, 200).Select(i => $"u{i}").ToArray();
        var sampling = new SubjectSampling("greeting", 0.5);

        foreach (var subject in subjects)
        {
            var decision = await fixture.Get<IExperiments>().ExposeAsync("greeting", subject, "user", cancellationToken: Token);
            Assert.Equal(fixture.Get<IExperiments>().Decide("greeting", subject, "user"), decision);
            await off.Get<IExperiments>().ExposeAsync("greeting", subject, "user", cancellationToken: Token);
        }

        Assert.Equal(subjects.Where(sampling.Includes), fixture.Exposures.Select(exposure => exposure.SubjectId));
        Assert.Equal(
            subjects.Count(subject => !sampling.Includes(subject)),
            fixture.Dropped("greeting", "control", DropReasons.SampledOut) + fixture.Dropped("greeting", "b", DropReasons.SampledOut));
        Assert.Empty(off.Exposures);
    }

    [Fact]
    public async Task A_changed_variant_is_published_when_it_is_exposed_by_name()
    {
        var selector = new FixedSelector("control");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector).WithSemantics(ExposureSemantics.OnFirstUse));

        fixture.Get<IGreeter>().Greet("u1");
        selector.Variant = "b";
        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", "user", cancellationToken: Token);

        Assert.Equal([("control", "b", "selection-changed")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task In_Block_mode_the_exposure_waits_for_capacity_and_its_loss_does_not_reach_the_caller()
    {
        var destination = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Queued(destination, trial => trial.Using(new FixedSelector("b")), FullQueue.Configure);
        await FullQueue.FillAsync(fixture);

        var exposed = fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", "user", cancellationToken: Token).AsTask();
        var recorded = fixture.Get<IExposureRecorder>().RecordAsync(Elsewhere("u2"), Token).AsTask();
        using var cancellation = new CancellationTokenSource();
        var canceled = fixture.Get<IExposureRecorder>().RecordAsync(Elsewhere("u3"), cancellation.Token).AsTask();
        Assert.False(exposed.IsCompleted || recorded.IsCompleted || canceled.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        await fixture.Time.AdvanceUntil(Task.WhenAll(exposed, recorded), TimeSpan.FromSeconds(1));

        Assert.Equal("b", (await exposed).VariantKey);
        Assert.False(await recorded);
        Assert.Equal(3, fixture.Dropped("greeting", "b", DropReasons.Timeout));
        destination.Gate.SetResult();

        static DecidedExposure Elsewhere(string subject) => new() { ExperimentName = "greeting", VariantKey = "b", SubjectId = subject, SubjectType = "user" };
    }

    [Fact]
    public async Task Exposing_without_the_type_that_the_experiments_subjects_have_is_a_warning_once()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });

        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", cancellationToken: Token);
        Assert.Empty(Warnings());
        fixture.Get<IGreeter>().Greet("u1");
        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", cancellationToken: Token);
        Assert.Single(Warnings());
        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u2", cancellationToken: Token);

        Assert.Contains("have 'user'", Assert.Single(Warnings()), StringComparison.Ordinal);

        string[] Warnings() => [.. fixture.Logs.Where(record => record.Id.Name == "ExposedWithoutSubjectType").Select(record => record.Message)];
    }
}
