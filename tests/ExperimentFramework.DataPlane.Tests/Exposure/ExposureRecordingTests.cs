using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Guarantees 1, 2 and 11 (docs/concepts/guarantees.md): what an exposure says, when it is recorded, and that the call behaves as it would without a proxy.</summary>
public sealed class ExposureRecordingTests
{
    [Fact]
    public async Task An_exposure_names_the_variant_that_answered_and_why()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        var envelope = Assert.Single(fixture.Backplane.Events);
        var exposure = Assert.IsType<ExposureEvent>(envelope.Payload);
        Assert.Equal("greeting", exposure.ExperimentName);
        Assert.Equal("b", exposure.VariantKey);
        Assert.Null(exposure.AssignedVariantKey);
        Assert.Equal("u1", exposure.SubjectId);
        Assert.Equal("user", exposure.SubjectType);
        Assert.Null(exposure.TenantId);
        Assert.Equal("fixed", exposure.SelectionReason);
        Assert.Equal("test:rule", exposure.RulePath);
        Assert.Equal("v1", exposure.AllocationVersion);
        Assert.Equal(AssignmentPolicy.BestEffort, exposure.AssignmentPolicy);
        Assert.False(exposure.IsRepeatExposure);
        Assert.Equal(1, exposure.SamplingRate);
        Assert.Equal(typeof(Bonjour).Module.ModuleVersionId, exposure.VariantBuild);
        Assert.Null(exposure.Attributes);
        Assert.Equal(fixture.Time.GetUtcNow(), exposure.Timestamp);
        Assert.Equal("1.0.0", exposure.SchemaVersion);
        Assert.Equal(exposure.Timestamp, envelope.Timestamp);
        Assert.Equal(DataPlaneEventType.Exposure, envelope.EventType);
        Assert.Equal("1.0.0", envelope.SchemaVersion);
    }

    [Fact]
    public async Task Tagged_parameters_become_tenant_and_attributes()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        fixture.Get<IGreeter>().GreetIn("t1", "u1");
        fixture.Get<IGreeter>().GreetWith("u2", "FR", 44);

        Assert.Equal("t1", fixture.Exposures[0].TenantId);
        Assert.Equal("FR", fixture.Exposures[1].Attributes!["country"]);
        Assert.Equal(44L, fixture.Exposures[1].Attributes!["age"]);
    }

    [Fact]
    public async Task A_method_that_is_not_exposed_is_served_and_not_recorded()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().WarmUp("u1"));

        Assert.Empty(fixture.Exposures);
    }

    [Fact]
    public async Task Without_exposure_logging_variants_are_served_and_nothing_is_recorded()
    {
        var services = new ServiceCollection();
        services.AddSingleton<Hello>().AddSingleton<Bonjour>();
        services.AddInMemoryDataBackplane();
        services.AddExperimentFramework(ExperimentFrameworkBuilder.Create()
            .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("b"))));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("bonjour", provider.GetRequiredService<IGreeter>().Greet("u1"));

        Assert.Empty(provider.GetRequiredService<InMemoryDataBackplane>().Events);
    }

    [Fact]
    public async Task A_variant_that_throws_gives_exactly_one_exposure_and_the_same_exception()
    {
        var failure = new InvalidOperationException("broken");
        await using var fixture = Flaky(new Flaky { Failure = failure });
        var service = fixture.Get<IFlaky>();

        Assert.Same(failure, Assert.Throws<InvalidOperationException>(() => service.Run("u1")));
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => service.RunAsync("u2")));
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(async () => await service.RunValueAsync("u3")));

        Assert.Equal(["u1", "u2", "u3"], fixture.Exposures.Select(exposure => exposure.SubjectId));
        Assert.All(fixture.Exposures, exposure => Assert.Equal("b", exposure.VariantKey));
    }

    [Fact]
    public async Task The_exposure_is_recorded_before_the_variant_runs()
    {
        var flaky = new Flaky();
        await using var fixture = Flaky(flaky);
        var recordedDuringCall = -1;
        flaky.OnRun = () => recordedDuringCall = fixture.Exposures.Count;

        fixture.Get<IFlaky>().Run("u1");

        Assert.Equal(1, recordedDuringCall);
    }

    [Fact]
    public async Task A_synchronous_throw_of_an_async_member_stays_synchronous()
    {
        await using var fixture = Flaky(new Flaky { SynchronousFailure = new InvalidOperationException("at once") });

        // No await: the throw has to come out of the call itself.
        Assert.Throws<InvalidOperationException>(() => { _ = fixture.Get<IFlaky>().RunAsync("u1"); });
    }

    [Fact]
    public async Task The_returned_task_is_the_variants_own()
    {
        var flaky = new Flaky();
        await using var fixture = Flaky(flaky);

        Assert.Same(flaky.OwnTask, fixture.Get<IFlaky>().RunAsync("u1"));
    }

    [Fact]
    public async Task Async_local_writes_of_the_variant_reach_the_caller()
    {
        var ambient = new AsyncLocal<string?>();
        var flaky = new Flaky { OnRun = () => ambient.Value = "written" };
        await using var fixture = Flaky(flaky);

        await fixture.Get<IFlaky>().RunAsync("u1");

        Assert.Equal("written", ambient.Value);
    }

    [Fact]
    public async Task A_stream_is_exposed_when_the_member_is_called()
    {
        await using var fixture = Flaky(new Flaky());

        var stream = fixture.Get<IFlaky>().Items("u1");
        Assert.Single(fixture.Exposures);

        Assert.Equal([1, 2], await stream.ToListAsync());
        Assert.Single(fixture.Exposures);
    }

    [Fact]
    public async Task Ref_out_and_in_arguments_are_the_callers_own()
    {
        await using var fixture = Flaky(new Flaky());
        var counter = 41;
        var addend = 1;

        fixture.Get<IFlaky>().Add("u1", in addend, ref counter, out var before);

        Assert.Equal(42, counter);
        Assert.Equal(41, before);
        Assert.Single(fixture.Exposures);
    }

    [Fact]
    public async Task A_variant_that_cannot_be_created_is_not_exposed()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IFlaky>(trial => trial.AddControl<SteadyFlaky>().AddVariant<Flaky>("b").Using(new FixedSelector("b"))),
            services: services => services.AddSingleton<SteadyFlaky>().AddSingleton<Flaky>(_ => throw new InvalidOperationException("no database")));

        Assert.Equal("no database", Assert.Throws<InvalidOperationException>(() => fixture.Get<IFlaky>().Run("u1")).Message);

        Assert.Empty(fixture.Exposures);
    }

    private static DataPlaneFixture Flaky(Flaky variant) => DataPlaneFixture.With(
        builder => builder.Trial<IFlaky>(trial => trial.AddControl<SteadyFlaky>().AddVariant<Flaky>("b").Using(new FixedSelector("b"))),
        services: services => services.AddSingleton<SteadyFlaky>().AddSingleton(variant));
}
