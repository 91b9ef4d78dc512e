using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>A variant that the container cannot give out is not served, so only a log line shows it.</summary>
public sealed class VariantCreationTests
{
    private readonly InvalidOperationException _failure = new("no connection string");
    private bool _fails = true;

    [Fact]
    public async Task It_is_logged_once_and_again_when_it_has_recovered()
    {
        await using var fixture = With<IFlaky, SteadyFlaky, Flaky>(_ => { });
        for (var i = 0; i < 3; i++)
        {
            Assert.Same(_failure, Assert.Throws<InvalidOperationException>(() => Run(fixture)));
        }

        var record = Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
        Assert.Equal(
            $"Experiment flaky: variant 'b' ({typeof(Flaky)}) cannot be created. Calls assigned to it fail without an exposure, or fall back to control if the trial enables that. Check its registration and constructor.", record.Message);
        Assert.Same(_failure, record.Exception);
        Assert.Empty(fixture.Exposures);

        _fails = false;
        Run(fixture);
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Run(fixture);
        Assert.Single(fixture.Logs, IsRecovery);
        Assert.Equal(2, fixture.Exposures.Count);

        static void Run(DataPlaneFixture fixture)
        {
            using var scope = fixture.Scope();
            scope.ServiceProvider.GetRequiredService<IFlaky>().Run("u");
        }
    }

    [Fact]
    public async Task Control_answers_for_it_where_the_trial_falls_back()
    {
        await using var fixture = With<IGuarded, SteadyFlaky, Flaky>(trial => trial.OnErrorFallbackToControl());
        await using var scope = fixture.Scope();

        Assert.Equal("steady", scope.ServiceProvider.GetRequiredService<IGuarded>().Run("u"));

        Assert.Equal(("control", "b", "fallback"), fixture.Exposures.Select(exposure => (exposure.VariantKey, exposure.AssignedVariantKey, exposure.SelectionReason)).Single());
        Assert.Contains(fixture.Logs, record => record.Message.Contains("variant 'b'", StringComparison.Ordinal) && record.Exception == _failure);
    }

    [Fact]
    public async Task A_call_after_the_end_of_its_scope_is_not_taken_for_it()
    {
        await using var fixture = With<IFlaky, SteadyFlaky, Flaky>(_ => { });
        IFlaky proxy;
        using (var scope = fixture.Scope())
        {
            proxy = scope.ServiceProvider.GetRequiredService<IFlaky>();
        }

        Assert.Throws<ObjectDisposedException>(() => proxy.Run("u"));
        Assert.DoesNotContain(fixture.Logs, record => record.Level == LogLevel.Error);
    }

    private static bool IsRecovery(FakeLogRecord record) => record.Message.EndsWith("can be created again.", StringComparison.Ordinal);

    private DataPlaneFixture With<TService, TControl, TVariant>(Action<TrialBuilder<TService>> trial)
        where TService : class
        where TControl : class, TService
        where TVariant : class, TService, new() => DataPlaneFixture.With(
        experiments => experiments.Trial<TService>(configure => trial(configure.AddControl<TControl>().AddVariant<TVariant>("b").Using(new FixedSelector("b")))),
        services: services => services.AddScoped(_ => _fails ? throw _failure : new TVariant()));
}
