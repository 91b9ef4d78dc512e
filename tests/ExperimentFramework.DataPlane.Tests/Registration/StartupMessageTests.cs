using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>What is allowed and seldom meant does not stop the host, and is said when it starts.</summary>
public sealed class StartupMessageTests
{
    [Fact]
    public async Task An_experiment_that_records_nothing_is_told()
    {
        var records = await Started(experiments => experiments.Trial<IGreeter>(trial => trial.AddControl<Hello>()));

        var record = Assert.Single(records, record => record.Level == LogLevel.Warning);
        Assert.Equal(
            "Experiment greeting serves its variants and records nothing: call WithExposureLogging() on the builder to record exposures.", record.Message);
    }

    [Fact]
    public async Task A_proxy_that_could_fall_back_and_is_not_asked_to_is_told()
    {
        var silent = await Started(experiments => experiments.WithExposureLogging().Trial<IGuarded>(trial => trial.AddControl<SteadyFlaky>().OnErrorFallbackToControl()));
        var told = await Started(experiments => experiments.WithExposureLogging().Trial<IGuarded>(trial => trial.AddControl<SteadyFlaky>()));

        Assert.DoesNotContain(silent, IsOfFallback);
        Assert.StartsWith("Experiment guarded does not fall back to control", Assert.Single(told, IsOfFallback).Message, StringComparison.Ordinal);

        static bool IsOfFallback(FakeLogRecord record) => record.Message.Contains("OnErrorFallbackToControl()", StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<FakeLogRecord>> Started(Action<ExperimentFrameworkBuilder> experiments)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFakeLogging();
        builder.Services.AddInMemoryDataBackplane();
        builder.Services.AddExperimentFramework(experiments);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
        return host.Services.GetRequiredService<FakeLogCollector>().GetSnapshot();
    }
}
