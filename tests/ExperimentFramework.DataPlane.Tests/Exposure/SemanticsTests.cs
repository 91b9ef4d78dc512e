using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Guarantees 3 and 4 (docs/concepts/guarantees.md): when an exposure is recorded, and how repeats are recognized.</summary>
public sealed class SemanticsTests
{
    [Fact]
    public async Task On_decision_records_each_call_and_marks_repeats()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u2");

        Assert.Equal([false, true, false], fixture.Exposures.Select(exposure => exposure.IsRepeatExposure));
    }

    [Fact]
    public async Task On_first_use_records_A_B_A_as_three()
    {
        var selector = new FixedSelector("control");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector).WithSemantics(ExposureSemantics.OnFirstUse));

        foreach (var variant in new[] { "control", "control", "b", "b", "control" })
        {
            selector.Variant = variant;
            fixture.Get<IGreeter>().Greet("u1");
        }

        Assert.Equal(["control", "b", "control"], fixture.Exposures.Select(exposure => exposure.VariantKey));
        Assert.All(fixture.Exposures, exposure => Assert.False(exposure.IsRepeatExposure));
    }

    [Fact]
    public async Task On_first_use_a_fallback_differs_from_the_variant_it_stands_in_for()
    {
        var variant = new Flaky();
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IGuarded>(trial => trial
                .AddControl<SteadyFlaky>().AddVariant<Flaky>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl()
                .WithSemantics(ExposureSemantics.OnFirstUse)),
            services: services => services.AddSingleton<SteadyFlaky>().AddSingleton(variant));
        var service = fixture.Get<IGuarded>();

        service.Run("u1");
        variant.Failure = new InvalidOperationException("broken");
        service.Run("u1");
        service.Run("u1");
        variant.Failure = null;
        service.Run("u1");

        Assert.Equal(["b", "control", "b"], fixture.Exposures.Select(exposure => exposure.VariantKey));
    }

    [Fact]
    public async Task On_first_use_under_eight_threads_records_one_subject_once()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")).WithSemantics(ExposureSemantics.OnFirstUse));
        var greeter = fixture.Get<IGreeter>();
        using var start = new Barrier(8);

        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < 2_000; i++)
            {
                greeter.Greet("u1");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Single(fixture.Exposures);
    }

    [Fact]
    public async Task Tenant_and_subject_type_distinguish_subjects()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")).WithSemantics(ExposureSemantics.OnFirstUse),
            services: services => services.AddSingleton<ISubjectIdentityProvider>(new FixedSubject("u1")));
        var greeter = fixture.Get<IGreeter>();

        for (var i = 0; i < 2; i++)
        {
            greeter.Greet("u1");
            greeter.GreetIn("t1", "u1");
            greeter.GreetIn("t2", "u1");
            greeter.GreetSomeone();
        }

        Assert.Equal(
            [("user", null), ("user", "t1"), ("user", "t2"), ("session", null)],
            fixture.Exposures.Select(exposure => (exposure.SubjectType, exposure.TenantId)));
    }

    [Fact]
    public async Task After_the_window_the_exposure_is_recorded_again()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")),
            options =>
            {
                options.ExposureSemantics = ExposureSemantics.OnFirstUse;
                options.RepeatWindow = TimeSpan.FromMinutes(10);
            });
        var greeter = fixture.Get<IGreeter>();

        greeter.Greet("u1");
        fixture.Time.Advance(TimeSpan.FromMinutes(9));
        greeter.Greet("u1");
        Assert.Single(fixture.Exposures);

        // The window is fixed by what was recorded, so the call in between does not extend it.
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        greeter.Greet("u1");
        Assert.Equal(2, fixture.Exposures.Count);
    }

    [Fact]
    public async Task A_full_memory_forgets_the_subject_recorded_longest_ago()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")),
            options =>
            {
                options.ExposureSemantics = ExposureSemantics.OnFirstUse;
                options.RepeatCapacity = 2;
            });
        var greeter = fixture.Get<IGreeter>();

        foreach (var subject in new[] { "u1", "u2", "u3", "u2", "u3", "u1" })
        {
            greeter.Greet(subject);
        }

        Assert.Equal(["u1", "u2", "u3", "u1"], fixture.Exposures.Select(exposure => exposure.SubjectId));
    }

    [Fact]
    public async Task A_claim_is_released_when_no_destination_took_the_exposure()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")).WithSemantics(ExposureSemantics.OnFirstUse));
        var greeter = fixture.Get<IGreeter>();
        var publisher = fixture.Get<EventPublisher>();
        await publisher.Pipeline.DisposeAsync();

        greeter.Greet("u1");
        greeter.Greet("u1");

        Assert.Equal(2, fixture.Dropped("greeting", "b", DropReasons.Shutdown));
    }

    [Fact]
    public async Task Logging_by_hand_where_the_experiment_logs_by_itself_does_nothing_and_warns_once()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));
        var logger = fixture.Get<IExposureLogger<IGreeter>>();
        fixture.Get<IGreeter>().Greet("u1");

        Assert.False(await logger.LogExposureAsync("u1"));
        Assert.False(await logger.LogExposureAsync("u1"));

        Assert.Single(fixture.Exposures);
        Assert.Single(fixture.Logs, record => record.Message.Contains("LogExposureAsync does nothing for experiment greeting", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_trial_goes_before_the_attribute_and_the_attribute_before_the_options()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder
                .Trial<ITaggedFirstUse>("attribute", trial => trial.AddControl<TaggedFirstUse>())
                .Trial<ITaggedFirstUse>("trial", trial => trial
                    .AddControl<TaggedFirstUse>().WithSemantics(ExposureSemantics.OnDecision).WithSamplingRate(1)),
            options =>
            {
                options.ExposureSemantics = ExposureSemantics.Explicit;
                options.SamplingRate = 0;
            },
            services => services.AddSingleton<TaggedFirstUse>());

        foreach (var experiment in new[] { "attribute", "trial" })
        {
            var service = fixture.Services.GetRequiredKeyedService<ITaggedFirstUse>(experiment);
            service.Use("u1");
            service.Use("u1");
        }

        Assert.Equal(["attribute", "trial", "trial"], fixture.Exposures.Select(exposure => exposure.ExperimentName));
        Assert.Equal([0.999999, 1, 1], fixture.Exposures.Select(exposure => exposure.SamplingRate));
    }
}

[ExposureLogged(Semantics = ExposureSemantics.OnFirstUse, SamplingRate = 0.999999)]
public interface ITaggedFirstUse
{
    void Use([ExposureSubject] string subject);
}

public sealed class TaggedFirstUse : ITaggedFirstUse
{
    public void Use(string subject)
    {
    }
}
