using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Guarantees 1 and 2 (docs/concepts/guarantees.md) when control answers for a variant that throws.</summary>
public sealed class FallbackTests : IAsyncDisposable
{
    private readonly Flaky _variant = new();
    private readonly SteadyFlaky _control = new();
    private readonly DataPlaneFixture _lab;

    public FallbackTests() => _lab = DataPlaneFixture.With(
        builder => builder.Trial<IGuarded>(trial => trial
            .AddControl<SteadyFlaky>()
            .AddVariant<Flaky>("b")
            .Using(new FixedSelector("b"))
            .OnErrorFallbackToControl()),
        services: services => services.AddSingleton(_control).AddSingleton(_variant));

    private IGuarded Service => _lab.Get<IGuarded>();

    [Fact]
    public void Ten_calls_to_a_failing_variant_are_ten_exposures_of_control_with_the_assigned_variant()
    {
        _variant.Failure = new InvalidOperationException("broken");

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("steady", Service.Run($"u{i}"));
        }

        Assert.Equal(10, _lab.Exposures.Count);
        Assert.All(_lab.Exposures, exposure =>
        {
            Assert.Equal("control", exposure.VariantKey);
            Assert.Equal("b", exposure.AssignedVariantKey);
            Assert.Equal("fallback", exposure.SelectionReason);
        });
        Assert.Equal(10, _variant.Calls);
    }

    [Fact]
    public async Task A_variant_that_fails_is_logged_once_until_it_has_answered_for_a_while()
    {
        _variant.Failure = new InvalidOperationException("broken");
        Service.Run("u1");
        Service.Run("u2");
        await Service.RunValueAsync("u3");
        await Service.Items("u4").ToListAsync();

        var record = Assert.Single(Failing());
        Assert.Equal("Experiment guarded: variant 'b' is failing, so its calls fall back to control.", record.Message);
        Assert.Same(_variant.Failure, record.Exception);

        _variant.Failure = null;
        Service.Run("u5");
        _lab.Time.Advance(TimeSpan.FromMinutes(1));
        Service.Run("u6");
        Assert.Single(_lab.Logs, log => log.Message == "Experiment guarded: variant 'b' has recovered.");

        _variant.Failure = new InvalidOperationException("broken again");
        await Service.Items("u7").ToListAsync();
        Assert.Equal([record.Exception, _variant.Failure], Failing().Select(log => log.Exception));

        // It works, and is asked nothing for an hour: the next failure is another one.
        _variant.Failure = null;
        Service.Run("u8");
        _lab.Time.Advance(TimeSpan.FromHours(1));
        _variant.Failure = new InvalidOperationException("broken later");
        Service.Run("u9");
        Assert.Equal(3, Failing().Count());
        _lab.Time.Advance(TimeSpan.FromHours(1));
        Service.Run("u10");
        Assert.Equal(3, Failing().Count());

        IEnumerable<Microsoft.Extensions.Logging.Testing.FakeLogRecord> Failing() =>
            _lab.Logs.Where(log => log.Message.Contains("is failing, so its calls fall back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_kind_of_member_falls_back_with_one_exposure()
    {
        _variant.Failure = new InvalidOperationException("broken");

        Assert.Equal("steady", Service.Run("u1"));
        Service.Do("u2", "attribute");
        Assert.Equal("flaky", await Service.RunAsync("u3"));
        await Service.DoAsync("u4");
        Assert.Equal("steady", await Service.RunValueAsync("u5"));
        await Service.DoValueAsync("u6");
        Assert.Equal([1, 2], await Service.Items("u7").ToListAsync());
        Assert.Equal(7, Service.Echo("u8", 7));
        Assert.Equal("x", await Service.EchoAsync("u9", "x"));

        Assert.Equal(["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9"], _lab.Exposures.Select(exposure => exposure.SubjectId));
        Assert.All(_lab.Exposures, exposure => Assert.Equal(("control", "b"), (exposure.VariantKey, exposure.AssignedVariantKey)));
        Assert.Equal("attribute", _lab.Exposures[1].Attributes!["call"]);
    }

    [Fact]
    public async Task A_variant_that_answers_is_exposed_as_itself()
    {
        await Service.RunAsync("u1");
        Service.Run("u2");
        await Service.Items("u3").ToListAsync();

        Assert.Equal(3, _lab.Exposures.Count);
        Assert.All(_lab.Exposures, exposure => Assert.Equal(("b", null, "fixed"), (exposure.VariantKey, exposure.AssignedVariantKey, exposure.SelectionReason)));
        Assert.Equal(0, _control.Calls);
    }

    [Fact]
    public async Task A_synchronous_throw_of_an_async_member_falls_back_too()
    {
        _variant.SynchronousFailure = new InvalidOperationException("at once");

        Assert.Same(_control.OwnTask, Service.RunAsync("u1"));
        await Service.DoValueAsync("u2");

        Assert.All(_lab.Exposures, exposure => Assert.Equal("control", exposure.VariantKey));
    }

    [Fact]
    public async Task Where_control_throws_too_control_was_served_and_its_exception_goes_on()
    {
        var failure = new InvalidOperationException("control");
        _variant.Failure = new InvalidOperationException("variant");
        _control.Failure = failure;

        Assert.Same(failure, Assert.Throws<InvalidOperationException>(() => Service.Run("u1")));
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => Service.RunAsync("u2")));

        Assert.Equal(2, _lab.Exposures.Count);
        Assert.All(_lab.Exposures, exposure => Assert.Equal(("control", "b"), (exposure.VariantKey, exposure.AssignedVariantKey)));
    }

    [Fact]
    public void The_exposure_has_the_time_of_the_decision()
    {
        var decidedAt = _lab.Time.GetUtcNow();
        _variant.Failure = new InvalidOperationException("slow and broken");
        _variant.OnRun = () => _lab.Time.Advance(TimeSpan.FromSeconds(30));

        Service.Run("u1");

        Assert.Equal(decidedAt, Assert.Single(_lab.Exposures).Timestamp);
    }

    [Fact]
    public async Task The_callers_cancellation_is_not_a_failure()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        _variant.Failure = new OperationCanceledException(cancellation.Token);

        await Assert.ThrowsAsync<OperationCanceledException>(() => Service.RunAsync("u1", cancellation.Token));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await Service.Items("u2", cancellation.Token).ToListAsync());

        Assert.Equal(0, _control.Calls);
        Assert.Equal(["b", "b"], _lab.Exposures.Select(exposure => exposure.VariantKey));
    }

    [Fact]
    public async Task A_cancellation_that_is_not_the_callers_is_a_failure()
    {
        _variant.Failure = new OperationCanceledException("timeout inside the variant");

        await Service.RunAsync("u1");

        Assert.Equal("control", Assert.Single(_lab.Exposures).VariantKey);
    }

    [Fact]
    public async Task A_stream_does_not_fall_back_after_its_first_element()
    {
        _variant.FailureAfterFirstItem = new InvalidOperationException("half way");

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Service.Items("u1").ToListAsync());

        Assert.Equal("b", Assert.Single(_lab.Exposures).VariantKey);
        Assert.Equal(0, _control.Calls);
    }

    [Fact]
    public void A_member_with_ref_or_out_does_not_fall_back()
    {
        _variant.Failure = new InvalidOperationException("broken");
        var counter = 1;

        Assert.Throws<InvalidOperationException>(() => Service.Add("u1", 1, ref counter, out _));

        Assert.Equal("b", Assert.Single(_lab.Exposures).VariantKey);
        Assert.Equal(0, _control.Calls);
    }

    [Fact]
    public async Task Without_the_trials_word_nothing_falls_back_and_the_exposure_comes_first()
    {
        _variant.Failure = new InvalidOperationException("broken");
        var exposuresDuringCall = -1;
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IGuarded>(trial => trial.AddControl<SteadyFlaky>().AddVariant<Flaky>("b").Using(new FixedSelector("b"))),
            services: services => services.AddSingleton(_control).AddSingleton(_variant));
        _variant.OnRun = () => exposuresDuringCall = fixture.Exposures.Count;

        Assert.Throws<InvalidOperationException>(() => fixture.Get<IGuarded>().Run("u1"));

        Assert.Equal(1, exposuresDuringCall);
        Assert.Equal("b", Assert.Single(fixture.Exposures).VariantKey);
    }

    [Fact]
    public async Task A_variant_that_returns_null_instead_of_a_task_or_a_stream_has_answered_and_is_exposed()
    {
        await using var fixture = StreamsFixture.With(new StreamsVariant { Make = () => null! });

        Assert.Null(fixture.Get<IStreams>().RunAsync("u1"));
        Assert.Null(fixture.Get<IStreams>().Items("u2"));

        Assert.Equal([("u1", "b"), ("u2", "b")], fixture.Exposures.Select(exposure => (exposure.SubjectId, exposure.VariantKey)));
    }

    [Fact]
    public void A_variant_that_cannot_be_created_falls_back()
    {
        using var provider = new ServiceCollection()
            .AddSingleton(_control)
            .AddSingleton<Flaky>(_ => throw new InvalidOperationException("no database"))
            .AddInMemoryDataBackplane()
            .AddExperimentFramework(builder => builder.WithExposureLogging().Trial<IGuarded>(trial => trial
                .AddControl<SteadyFlaky>().AddVariant<Flaky>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl()))
            .BuildServiceProvider();

        Assert.Equal("steady", provider.GetRequiredService<IGuarded>().Run("u1"));

        var exposure = (ExposureEvent)Assert.Single(provider.GetRequiredService<InMemoryDataBackplane>().Events).Payload;
        Assert.Equal(("control", "b"), (exposure.VariantKey, exposure.AssignedVariantKey));
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
